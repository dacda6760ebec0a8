//! Applications that listen for revocations: a poke, never a message.
//!
//! A stream that is poked reads its own feed from where it stands, so a lost or doubled poke does no harm, nothing is kept
//! for one that reads slowly, and no stream holds rows open (security.md W4, Q8). One thread learns after each commit whose
//! feeds have grown and pokes those; so a log-out costs the same however many listen.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::domain::id::ApplicationId;

/// Streams of one application at once: several machines of it, and a few whose end was not noticed yet.
const OF_ONE: usize = 16;

#[derive(Default)]
struct Table {
    next: u64,
    by_application: HashMap<ApplicationId, Vec<(u64, Arc<Notify>)>>,
    total: usize,
}

/// See the head of this file.
pub struct Feeds {
    table: Mutex<Table>,
    limit: usize,
    ring: SyncSender<()>,
    heard: Mutex<Option<Receiver<()>>>,
    desks: Semaphore,
}

impl Feeds {
    /// At most `limit` streams, and `desks` at which tokens are signed, so that a long history never takes the whole
    /// machine.
    pub fn new(limit: usize, desks: usize) -> Arc<Self> {
        let (ring, heard) = sync_channel(1);
        Arc::new(Self {
            table: Mutex::default(),
            limit,
            ring,
            heard: Mutex::new(Some(heard)),
            desks: Semaphore::new(desks.max(1)),
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream; `None`: there are too many, of this application or in all.
    pub fn listen(self: &Arc<Self>, application: ApplicationId) -> Option<Ear> {
        let mut table = self.table();
        let own = table.by_application.get(&application).map_or(0, Vec::len);
        if table.total >= self.limit || own >= OF_ONE {
            return None;
        }
        table.next += 1;
        table.total += 1;
        let (id, poke) = (table.next, Arc::new(Notify::new()));
        table.by_application.entry(application).or_default().push((id, poke.clone()));
        Some(Ear { feeds: self.clone(), id, application, poke })
    }

    /// Pokes the streams of these applications.
    pub fn poke(&self, applications: &[ApplicationId]) {
        let table = self.table();
        for (_, poke) in applications.iter().filter_map(|id| table.by_application.get(id)).flatten() {
            poke.notify_one();
        }
    }

    /// Pokes every stream: credentials may have changed, or the house closes.
    pub fn poke_all(&self) {
        for (_, poke) in self.table().by_application.values().flatten() {
            poke.notify_one();
        }
    }

    /// Feeds may have grown; rings that come together are one.
    pub fn ring(&self) {
        let _ = self.ring.try_send(()); // full: it is ringing already
    }

    /// Where rings are heard; once.
    pub fn bell(&self) -> Option<Receiver<()>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A place to sign at, in the order of asking.
    pub async fn desk(&self) -> Option<SemaphorePermit<'_>> {
        self.desks.acquire().await.ok()
    }

    /// Open streams.
    pub fn count(&self) -> usize {
        self.table().total
    }
}

/// One open stream; closing it is dropping it.
pub struct Ear {
    feeds: Arc<Feeds>,
    id: u64,
    application: ApplicationId,
    poke: Arc<Notify>,
}

impl Ear {
    /// Waits for a poke. Pokes that came since the last wait are one.
    pub async fn poked(&self) {
        self.poke.notified().await;
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let mut table = self.feeds.table();
        table.total = table.total.saturating_sub(1);
        if let Some(streams) = table.by_application.get_mut(&self.application) {
            streams.retain(|(id, _)| *id != self.id);
            if streams.is_empty() {
                table.by_application.remove(&self.application);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent(ear: &Ear) -> bool {
        let mut poked = Box::pin(ear.poked());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        poked.as_mut().poll(&mut context).is_pending()
    }

    #[test]
    fn a_poke_reaches_the_streams_of_its_application_only_and_is_kept_until_they_listen() {
        let feeds = Feeds::new(10, 1);
        let (notes, board) = (ApplicationId::from_random([1; 12]), ApplicationId::from_random([2; 12]));
        let (first, second) = (feeds.listen(notes).unwrap(), feeds.listen(notes).unwrap());
        let other = feeds.listen(board).unwrap();
        feeds.poke(&[notes]);
        feeds.poke(&[notes]);
        assert!(!silent(&first) && !silent(&second) && silent(&other));
        assert!(silent(&first), "two pokes are one");
        feeds.poke_all();
        assert!(!silent(&first) && !silent(&other));
    }

    #[test]
    fn streams_are_bounded_for_each_application_and_in_all() {
        let feeds = Feeds::new(OF_ONE + 1, 1);
        let (notes, board) = (ApplicationId::from_random([1; 12]), ApplicationId::from_random([2; 12]));
        let mut open: Vec<Ear> = (0..OF_ONE).map(|_| feeds.listen(notes).unwrap()).collect();
        assert!(feeds.listen(notes).is_none(), "one more of the same");
        let other = feeds.listen(board).unwrap();
        assert!(feeds.listen(board).is_none(), "one more in all");
        open.pop();
        assert_eq!(feeds.count(), OF_ONE);
        drop(other);
        assert!(feeds.listen(notes).is_some());
        drop(open);
        assert_eq!(feeds.count(), 0);
    }
}
