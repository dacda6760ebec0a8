//! Receipts: who was told, what needs a hand.

use maud::Markup;

use super::console::RAIL;
use super::people::{DAY, HOUR, NOW, Stage, application, chrome, firefox, hostile, safari, user};
use crate::domain::id::EndingId;
use crate::page::console::{
    Delivery, DeliveryState, EndedRow, OutboxKind, OutboxRow, OutboxView, ReceiptView, Recipient, Telling, outbox,
    receipt,
};
use crate::page::count::Count;
use crate::page::words::{Cause, Channel, Trouble};

const CALL: &str = "curl -X POST 'https://id.acme.lan/api/v2/users/kick' \\
  -H \"authorization: Bearer $TOKEN\" \\
  -H 'x-authing-userpool-id: 5f9d0cef60d09ff5a4c87c06' \\
  -H 'content-type: application/json' \\
  -d '{\"userIds\":[\"60aa0000000000000000000a\"]}'";

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let person = [stage.pick("王小明", "Wang Xiaoming").to_owned()];
    let told = |app: Option<u8>, channel, state, attempts: &[u32]| Delivery {
        number: app.map(i64::from),
        recipient: app.map(|n| Recipient {
            id: application(n),
            name: stage.applications[usize::from(n)].clone(),
            is_there: n != 4,
        }),
        about: None,
        channel,
        state,
        attempts_ms: attempts.to_vec(),
    };
    let retrying = DeliveryState::Retrying { attempt: 3, of: 11, in_ms: 8_000, trouble: Trouble::TimedOut };
    let row = |device, which: &[usize], back: i64| EndedRow {
        person: person[0].clone(),
        device,
        applications: stage.apps(which),
        since: NOW.plus_ms(-back),
    };
    let view = ReceiptView {
        id: EndingId::from_random([0x6b; 12]),
        people: &person,
        people_count: 1u32.into(),
        application: None,
        cause: Cause::Console,
        by: Some(stage.pick("陈立群", "Chen Liqun")),
        at: NOW,
        sessions: 3u32.into(),
        tokens: 9u32.into(),
        applications: 4u32.into(),
        counting: false,
        telling: Telling { confirmed: 3u32.into(), open: 2u32.into(), lost: 1u32.into(), again: 2u32.into() },
        deliveries: vec![
            told(Some(0), Channel::BackChannel, DeliveryState::Acked { ms: 38, status: Some(200) }, &[38]),
            told(Some(1), Channel::BackChannel, DeliveryState::Acked { ms: 112, status: Some(204) }, &[112]),
            told(None, Channel::Push, DeliveryState::Acked { ms: 9, status: None }, &[9]),
            told(Some(2), Channel::BackChannel, retrying, &[1300, 5000]),
            told(Some(3), Channel::BackChannel, DeliveryState::GaveUp { ms: 64, trouble: Trouble::Status(404) }, &[64]),
            told(Some(4), Channel::FrontChannel, DeliveryState::Waiting, &[]),
            told(Some(4), Channel::BackChannel, DeliveryState::Unreachable, &[]),
        ],
        ended: vec![
            row(firefox(), &[3, 2], 9 * DAY),
            row(chrome(), &[0, 1, 2], 5 * HOUR),
            row(safari(), &[1], 2 * HOUR),
        ],
        reason: Some(stage.pick("电脑遗失，已挂失", "Lost laptop, reported stolen")),
        left_before: 1u32.into(),
        whole_ms: None,
        call: Some(CALL),
        json: "/api/v1/logouts/x",
        ledger: None,
        user: Some((user(3), stage.pick("王小明", "Wang Xiaoming"))),
    };
    let many = ReceiptView {
        people: &[],
        people_count: Count { n: 1000, more: true },
        application: Some(&stage.applications[0]),
        ledger: Some(application(0)),
        user: None,
        sessions: Count { n: 1000, more: true },
        counting: true,
        cause: Cause::Kicked,
        by: None,
        ..view.clone()
    };
    let late = DeliveryState::GaveUp { ms: 86_400_000, trouble: Trouble::Status(503) };
    let mut each =
        [told(Some(2), Channel::BackChannel, late, &[1300, 5000]), told(Some(4), Channel::BackChannel, late, &[20])];
    each[0].about = Some((person[0].clone(), firefox()));
    each[1].about = Some((hostile(), safari()));
    each[1].recipient = Some(Recipient { id: application(4), name: hostile(), is_there: false });
    let several = ReceiptView {
        telling: Telling { confirmed: 0u32.into(), open: 0u32.into(), lost: 2u32.into(), again: 2u32.into() },
        deliveries: each.to_vec(),
        ..view.clone()
    };
    let sent: Vec<Delivery> = view.deliveries.iter().chain(&several.deliveries).cloned().collect();
    let mut pages = vec![
        ("receipt", receipt(&frame, &RAIL, &view)),
        ("receipt-lost", receipt(&frame, &RAIL, &several)),
        ("receipt-counting", receipt(&frame, &RAIL, &many)),
    ];
    pages.extend(states(stage, &view));
    pages.extend(delivery_pages(stage, &sent));
    pages
}

/// The same receipt when all have confirmed, with an unruly name, and of nobody.
fn states(stage: &Stage, view: &ReceiptView) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let confirmed = ReceiptView {
        application: Some(&stage.applications[0]),
        ledger: Some(application(0)),
        reason: None,
        left_before: Count::default(),
        whole_ms: Some(112),
        telling: Telling { confirmed: 3u32.into(), open: 0u32.into(), lost: 0u32.into(), again: 0u32.into() },
        deliveries: view.deliveries[..3].to_vec(),
        ..view.clone()
    };
    let odd = hostile();
    let unruly = ReceiptView {
        user: Some((user(3), &odd)),
        reason: Some(&odd),
        people: std::slice::from_ref(&odd),
        by: Some(&odd),
        ..view.clone()
    };
    let none = ReceiptView {
        reason: None,
        left_before: Count::default(),
        call: None,
        sessions: 0u32.into(),
        tokens: 0u32.into(),
        applications: 0u32.into(),
        telling: Telling { confirmed: 0u32.into(), open: 0u32.into(), lost: 0u32.into(), again: 0u32.into() },
        deliveries: Vec::new(),
        ended: Vec::new(),
        ..view.clone()
    };
    vec![
        ("receipt-confirmed", receipt(&frame, &RAIL, &confirmed)),
        ("receipt-unruly", receipt(&frame, &RAIL, &unruly)),
        ("receipt-nobody", receipt(&frame, &RAIL, &none)),
        ("receipt-disabled", receipt(&frame, &RAIL, &ReceiptView { cause: Cause::Disabled, ..none.clone() })),
        (
            "receipt-deleted",
            receipt(&frame, &RAIL, &ReceiptView { cause: Cause::Deleted, user: None, people: &[], ..none }),
        ),
    ]
}

fn delivery_pages(stage: &Stage, sent: &[Delivery]) -> Vec<(&'static str, Markup)> {
    let frame = stage.admin();
    let person = stage.pick("王小明", "Wang Xiaoming").to_owned();
    let listed = |n: i64, delivery: &Delivery| {
        let test = n == 2;
        let about = delivery.about.clone().or((!test).then(|| (person.clone(), chrome())));
        OutboxRow {
            at: NOW.plus_ms(-n * HOUR),
            receipt: (!test).then(|| EndingId::from_random([0x6b; 12])),
            delivery: Delivery { about, number: Some(n), ..delivery.clone() },
            address: Some(if n == 3 { hostile() } else { "https://notes.acme.example/backchannel".to_owned() }),
            claims: "{\n  \"iss\": \"https://id.acme.lan/oidc\",\n  \"aud\": \"6099a1b2c3d4e5f60718293a\"\n}"
                .to_owned(),
        }
    };
    let sent = sent.iter().filter(|one| one.channel == Channel::BackChannel);
    let view = OutboxView {
        rows: (0..).zip(sent).map(|(n, one)| listed(n, one)).collect(),
        next: Some("?before=1".to_owned()),
        ..OutboxView::default()
    };
    vec![
        ("deliveries", outbox(&frame, &RAIL, &view)),
        ("deliveries-none", outbox(&frame, &RAIL, &OutboxView::default())),
        (
            "deliveries-none-lost",
            outbox(&frame, &RAIL, &OutboxView { kind: OutboxKind::Lost, ..OutboxView::default() }),
        ),
    ]
}
