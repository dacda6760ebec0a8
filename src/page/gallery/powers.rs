//! The password asked again, and the settings of the pool.

use maud::Markup;

use super::people::{Stage, hostile};
use crate::domain::user::Role;
use crate::page::console::{ConfirmItIsYou, Grave, NotConfirmed, confirm_it_is_you};

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    confirmations(stage)
}

fn confirmations(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (frame, long) = (stage.admin(), hostile());
    let fields = [("confirm".to_owned(), "lilei".to_owned())];
    let view = ConfirmItIsYou {
        act: Grave::DeleteUser(stage.pick("李雷", "Li Lei")),
        action: "/console/users/60aa0000000000000000000a/delete",
        fields: &fields,
        problem: None,
        cancel: "/console/users",
    };
    let with = |problem| confirm_it_is_you(&frame, &ConfirmItIsYou { problem: Some(problem), ..view });
    let role = Grave::GiveRole(&long, Role::Admin);
    vec![
        ("confirm", confirm_it_is_you(&frame, &view)),
        ("confirm-missing", with(NotConfirmed::Missing)),
        ("confirm-wrong", with(NotConfirmed::Wrong { left: 4 })),
        ("confirm-throttled", with(NotConfirmed::Throttled { seconds: 30 })),
        ("confirm-busy", with(NotConfirmed::Busy)),
        ("confirm-hostile", confirm_it_is_you(&frame, &ConfirmItIsYou { act: role, ..view })),
    ]
}
