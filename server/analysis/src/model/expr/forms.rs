//! What texts of a certain form look like: as strict as is certain, and no stricter.

/// `3f2504e0-4f89-11d3-9a0c-0305e82c3301`
pub(in crate::model) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Something before one `@` and a domain behind it.
pub(in crate::model) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    plain(local) && plain(domain) && !domain.starts_with(['.', '-']) && !domain.ends_with(['.', '-'])
}

/// Digits and what stands between them.
pub(in crate::model) fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/' | 'x' | '#');
    digits >= 3 && text.chars().all(rest)
}

/// A scheme, a colon and something behind it.
pub(in crate::model) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let behind = rest.strip_prefix("//").unwrap_or(rest);
    first
        && scheme.chars().all(plain)
        && !behind.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A day and a time with its offset, `2026-05-02T08:30:00Z`.
pub(in crate::model) fn is_instant(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', 't']) else {
        return false;
    };
    let offset = time.strip_suffix(['Z', 'z']).or_else(|| {
        time.rsplit_once(['+', '-'])
            .filter(|(_, offset)| is_clock(offset, 2))
            .map(|(time, _)| time)
    });
    let Some(clock) = offset else { return false };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    is_day(day)
        && is_clock(clock, 3)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2026-05-02`; whether the calendar has it is another question.
pub(in crate::model) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([4, 2, 2])
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_clock(text: &str, parts: usize) -> bool {
    let limits = [23, 59, 60];
    let found: Vec<&str> = text.split(':').collect();
    found.len() == parts
        && found
            .iter()
            .zip(limits)
            .all(|(part, limit)| part.len() == 2 && part.parse::<u8>().is_ok_and(|value| value <= limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_what_only_looks_like_them() {
        type Case<'a> = (fn(&str) -> bool, &'a [&'a str], &'a [&'a str]);
        let cases: &[Case<'_>] = &[
            (
                is_uuid,
                &["3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
                &[
                    "",
                    "3f2504e0",
                    "3f2504e04f8911d39a0c0305e82c3301",
                    "zf2504e0-4f89-11d3-9a0c-0305e82c3301",
                ],
            ),
            (
                is_email,
                &["a@b", "first.last+tag@clinic.example"],
                &["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.example"],
            ),
            (
                is_phone,
                &["+43 1 234-56", "(01) 2345"],
                &["", "12", "call me", "+"],
            ),
            (
                is_url,
                &["https://a.example/x?y=z", "mailto:a@b.example", "nats://bus:4222"],
                &["", "a.example", "https://", "https:// a", "1http://a"],
            ),
            (
                is_instant,
                &["2026-05-02T08:30:00Z", "2026-05-02T08:30:00.125+02:00"],
                &[
                    "2026-05-02",
                    "2026-05-02T08:30:00",
                    "2026-05-02T25:30:00Z",
                    "noon",
                ],
            ),
        ];
        for (is, right, wrong) in cases {
            for text in *right {
                assert!(is(text), "{text}");
            }
            for text in *wrong {
                assert!(!is(text), "{text}");
            }
        }
    }
}
