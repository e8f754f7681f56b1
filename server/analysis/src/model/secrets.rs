//! Which texts are secrets: by their shape, never by how random they look.

/// A known beginning of keys, what kind of key begins so, and how many further characters such a key has at least.
const PREFIXES: &[(&str, &str, usize)] = &[
    ("AKIA", "an access key of AWS", 16),
    ("ASIA", "an access key of AWS", 16),
    ("AIza", "an API key of Google", 30),
    ("SG.", "an API key of SendGrid", 30),
    ("dop_v1_", "a token of DigitalOcean", 30),
    ("ghp_", "a token of GitHub", 30),
    ("gho_", "a token of GitHub", 30),
    ("ghs_", "a token of GitHub", 30),
    ("ghu_", "a token of GitHub", 30),
    ("github_pat_", "a token of GitHub", 30),
    ("glpat-", "a token of GitLab", 16),
    ("hf_", "a token of Hugging Face", 30),
    ("npm_", "a token of npm", 30),
    ("pypi-", "a token of PyPI", 30),
    ("rk_live_", "a key of Stripe", 16),
    ("shpat_", "a token of Shopify", 30),
    ("sk-ant-", "a key of Anthropic", 16),
    ("sk-proj-", "a key of OpenAI", 16),
    ("sk_live_", "a key of Stripe", 16),
    ("whsec_", "a signing secret of Stripe", 16),
    ("xoxb-", "a token of Slack", 16),
    ("xoxp-", "a token of Slack", 16),
];

/// What a text certainly is, as "an access key of AWS"; `None` if its shape says nothing.
pub fn shape(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if userinfo(text) {
        return Some("a URL with a password");
    }
    if let Some((_, what, _)) = PREFIXES
        .iter()
        .find(|(prefix, _, least)| begins_key(text, prefix, *least))
    {
        return Some(what);
    }
    is_token(text).then_some("a signed token")
}

/// Whether a text stands for something that is filled in elsewhere: `${NAME}`, `{{ name }}`, `<password>`, `xxxx`.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let enclosed = [
        ("${", "}"),
        ("{{", "}}"),
        ("{", "}"),
        ("<", ">"),
        ("%", "%"),
        ("$(", ")"),
    ];
    if text.len() > 2
        && enclosed
            .iter()
            .any(|(open, close)| text.starts_with(open) && text.ends_with(close))
    {
        return true;
    }
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    matches!(first, '*' | 'x' | 'X' | '.' | '…') && characters.all(|other| other == first)
}

/// Whether a key with a prefix stands anywhere in a text, as a word of its own.
fn begins_key(text: &str, prefix: &str, least: usize) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(prefix).any(|(at, _)| {
        let alone = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = &text[at + prefix.len()..];
        let tail = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
        alone && tail.len() >= least && !is_placeholder(tail)
    })
}

/// `scheme://user:password@host`, the password not being a placeholder.
fn userinfo(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = &rest[..rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len())];
        authority
            .rsplit_once('@')
            .and_then(|(info, _)| info.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty() && !is_placeholder(password))
    })
}

/// A JSON Web Token with its signature.
fn is_token(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('.').collect();
    let [head, claims, signature] = parts[..] else {
        return false;
    };
    head.starts_with("eyJ") && claims.starts_with("eyJ") && signature.len() > 16
}

/// `partnerKey`, `partner-key`: `PARTNER_KEY`.
pub fn capitals(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                out.push('_');
            }
            out.push(c.to_ascii_uppercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        before = c;
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, shape};

    #[test]
    fn shapes_are_known_and_random_texts_are_not() {
        let stripe = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
        for secret in [
            "AKIAIOSFODNN7EXAMPLE",
            stripe.as_str(),
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
            "postgres://app:hunter2@db.example/orders",
            "see https://me:pw@host for it",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        ] {
            assert!(shape(secret).is_some(), "{secret}");
        }
        for plain in [
            "",
            "hunter2",
            "9f86d081884c7d659a2feaa0c55ad015",
            "https://api.example/v1",
            "postgres://app@db.example/orders",
            "postgres://app:${PASSWORD}@db.example/orders",
            "mail me@clinic.example or https://clinic.example",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
            "keys begin with sk_live_",
            "-----BEGIN PUBLIC KEY-----",
        ] {
            assert_eq!(shape(plain), None, "{plain}");
        }
    }

    #[test]
    fn placeholders_are_no_secrets() {
        for text in ["${KEY}", "{{ key }}", "<your key>", "****", "xxxx", "%KEY%"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", "hunter2", "changeme", "x1"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
