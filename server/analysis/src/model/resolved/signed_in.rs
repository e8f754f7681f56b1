//! Whether anybody can be signed in where an operation runs.

use archwright_grammar::vocabulary::Kind;

use crate::model::{
    cx::{Cx, Level, OpRef},
    facts::OpKind,
    finding::Place,
    loc::Loc,
};

/// Why nobody is signed in, and where that is said.
pub(super) struct Nobody {
    /// As the beginning of a sentence: "a job runs by the clock".
    pub(super) why: String,
    /// Where.
    pub(super) at: Place,
    /// What to call that place.
    pub(super) what: &'static str,
}

/// Why certainly nobody is signed in where an operation runs; `None` where somebody may be.
pub(super) fn nobody(cx: Cx<'_>, op: OpRef<'_>) -> Option<Nobody> {
    let here = |loc: &Loc| Place::new(op.def.item, loc.clone());
    let give = |why: &str, at: Place, what: &'static str| {
        Some(Nobody {
            why: why.to_owned(),
            at,
            what,
        })
    };
    match op.op.kind {
        OpKind::Job => return give("a job runs by the clock", here(&op.op.loc), "the job"),
        OpKind::Handler => {
            return give(
                "a handler runs because of an event",
                here(&op.op.loc),
                "the handler",
            );
        }
        OpKind::Webhook => return give("a webhook is called by a vendor", here(&op.op.loc), "the webhook"),
        OpKind::Endpoint | OpKind::Resource(_) => {}
    }
    if let Some((_, loc)) = &op.op.public {
        return give(
            "at a `public` endpoint nobody has to sign in",
            here(loc),
            "`public`",
        );
    }
    let (setting, level) = cx.effective(op, |settings| &settings.auth);
    let loc = setting.loc()?;
    let at = match level {
        Level::System => Place::new(cx.system()?.0, loc.clone()),
        _ => here(loc),
    };
    if setting.is_off() {
        let why = match level {
            Level::Operation => "with `auth none` nobody signs in",
            Level::Service => "with the service's `auth none` nobody signs in",
            _ => "with the system's `auth none` nobody signs in",
        };
        return give(why, at, "`auth none`");
    }
    let item = at.item;
    let mut schemes = setting
        .set()?
        .iter()
        .map(|scheme| cx.resolve(item, scheme, &[Kind::Auth]));
    let none = |scheme: Option<crate::model::def::Def>| {
        scheme.is_some_and(|scheme| cx.auth(scheme.item).is_some_and(|auth| auth.kind == "none"))
    };
    let all_none = setting.set().is_some_and(|schemes| !schemes.is_empty()) && schemes.all(none);
    if all_none {
        return give(
            "a scheme of kind `none` asks nobody who they are",
            at,
            "the scheme",
        );
    }
    None
}
