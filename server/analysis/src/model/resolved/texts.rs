//! Texts of settings that have not the form of what they name: headers, addresses, names of secrets.

use archwright_grammar::{ast::Node, vocabulary::Kind};

use super::settings::Setting;
use crate::{
    db::{Item, parsed},
    model::{
        cx::Cx,
        expr::{forms::is_email, text::quoted},
        finding::Finding,
        secrets::{capitals, is_placeholder, shape},
    },
};

/// Checks the text of one statement.
pub(super) fn check(setting: &Setting<'_, '_>, kind: Kind, text: &str, index: u16) -> Option<Finding> {
    let slot = setting.node.args.get(usize::from(index))?.slot;
    match (kind, slot) {
        (Kind::Header, "name") | (Kind::Verify, "header") => header(setting, text, index),
        (Kind::QueryKey, "name") => parameter(setting, text, index),
        (Kind::Contact, _) => contact(setting, text, index),
        (Kind::Region, _) if text.trim().is_empty() => Some(setting.finding(
            "type.format",
            index,
            "the region has no name, so nothing is known about where the data is".to_owned(),
            "Name it, `region \"eu-central-1\"`, or leave it out.",
        )),
        (Kind::Url, _) => url(setting, text, index),
        (Kind::AuthKey | Kind::Password, _) => filled_in(setting, text, index),
        _ => None,
    }
}

/// Whether a character may stand in the name of a header (RFC 9110).
fn in_header(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

fn header(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    if !text.is_empty() && text.chars().all(in_header) {
        return None;
    }
    let message = match text.chars().find(|c| !in_header(*c)) {
        Some(' ') => format!("{} has a blank, and names of headers have none", quoted(text)),
        Some(other) => format!(
            "{} has the character `{other}`, which no header's name has",
            quoted(text)
        ),
        None => "the header has no name".to_owned(),
    };
    let found = setting.finding(
        "type.format",
        index,
        message,
        "Names of headers have letters, digits and hyphens: \"X-Api-Key\".",
    );
    let meant = text.trim().trim_end_matches(':').replace([' ', ':'], "-");
    Some(if !meant.is_empty() && meant.chars().all(in_header) {
        found.fix(setting.repair(index, format!("Name it {meant}"), quoted(&meant)))
    } else {
        found
    })
}

fn parameter(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    let wrong = text.is_empty() || text.contains(|c: char| c.is_whitespace() || "?&=#/".contains(c));
    wrong.then(|| {
        setting.finding(
            "type.format",
            index,
            format!(
                "{} is not the name of one parameter in a query string",
                quoted(text)
            ),
            "Write its name alone: `query \"key\"`.",
        )
    })
}

/// An address is checked as one if it looks like one; teams are also reached by channels, numbers and pages.
fn contact(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    if text.trim().is_empty() {
        return Some(setting.finding(
            "type.format",
            index,
            "the contact is empty, so nobody can be reached".to_owned(),
            "Write an address: `contact \"platform@clinic.example\"`.",
        ));
    }
    let address = text.contains('@') && !text.starts_with('@') && !text.contains([' ', '/', ':', '<']);
    (address && !is_email(text)).then(|| {
        setting.finding(
            "type.format",
            index,
            format!(
                "{} is not an e-mail address, so what is sent there comes back",
                quoted(text)
            ),
            "An address has one `@`, with something before it and a domain behind it.",
        )
    })
}

fn url(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    let message = if text.trim().is_empty() {
        "the URL is empty, so nothing is reached".to_owned()
    } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        format!("{} has a blank, and URLs have none", quoted(text))
    } else if setting.path.len() == 1 && !has_host(text) {
        // The item is a vendor or broker, which are reached over the network.
        format!("{} does not say how and where it is reached", quoted(text))
    } else {
        return None;
    };
    let found = setting.finding(
        "type.format",
        index,
        message,
        "Write the scheme and the host: `url \"https://api.example\"`.",
    );
    let looks_like_host = !text.is_empty() && text.contains('.') && !text.contains([':', ' ', '/', '@']);
    Some(if looks_like_host {
        found.fix(setting.repair(
            index,
            format!("Write https://{text}"),
            quoted(&format!("https://{text}")),
        ))
    } else {
        found
    })
}

fn has_host(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && rest.starts_with(|c: char| c.is_alphanumeric() || c == '[' || c == '{')
    })
}

/// A text that stands for a secret which something else fills in: the language has a form for that. A secret that is written
/// down is a matter of `auth.inline_secret`.
fn filled_in(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    if !is_placeholder(text) {
        return None;
    }
    let inner = capitals(text.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    let own = inner.len() > 2
        && inner.chars().any(|c| c != 'X')
        && inner.starts_with(|c: char| c.is_ascii_uppercase());
    let name = if own {
        inner
    } else {
        name_of(setting.cx, setting.item, setting.node, setting.path)
    };
    Some(
        setting
            .finding(
                "type.format",
                index,
                "nothing fills this in: it is taken for the secret itself".to_owned(),
                "Name the secret, `secret(\"PARTNER_KEY\")`; its value comes from the environment.",
            )
            .fix(setting.repair(index, format!("Name it {name}"), format!("secret(\"{name}\")"))),
    )
}

/// What the secret of a statement may be called: `ORDERS_DB_PASSWORD` of `password` in `OrdersDb`.
pub(crate) fn name_of(cx: Cx<'_>, item: Item, node: &Node, path: &[u16]) -> String {
    let owner = super::element(cx.facts(item), path, parsed(cx.db, item).node.as_ref());
    let owner = owner.rsplit('.').next().unwrap_or_default();
    capitals(&format!("{owner}_{}", node.form.word))
}

/// The name of a secret is that of a variable in the environment.
pub(super) fn secret(setting: &Setting<'_, '_>, name: &str, index: u16) -> Option<Finding> {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let named = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(plain);
    // The value in the place of its name is a secret that is written down: `auth.inline_secret`.
    if named || shape(name).is_some() {
        return None;
    }
    // The text is not repeated: it may be the value itself.
    let message = if name.is_empty() {
        "the secret has no name, so its value is nowhere to be found"
    } else {
        "what stands here is not the name of a secret, so its value is nowhere to be found"
    };
    let found = setting.finding(
        "type.format",
        index,
        message.to_owned(),
        "Names of secrets are written in capitals, `secret(\"PARTNER_KEY\")`; the value never stands in a blueprint.",
    );
    let meant = capitals(name);
    let in_names = |c: char| c.is_ascii_alphanumeric() || "_-./ ".contains(c);
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let is_name = name.chars().all(in_names) && digits < 3 && meant.len() <= 32;
    Some(
        if is_name && meant.starts_with(|c: char| c.is_ascii_uppercase()) {
            let text = format!("secret(\"{meant}\")");
            found.fix(setting.repair(index, format!("Name it {meant}"), text))
        } else {
            found
        },
    )
}
