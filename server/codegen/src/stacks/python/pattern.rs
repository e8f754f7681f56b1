//! Texts that fit a regular expression, as Python code that draws them. Expressions beyond everyday ones (looking
//! around, back references, classes of letters by Unicode property) are given up on.

use crate::render::python_string;

/// `repeat` more than this often is not needed by a sample.
const ENOUGH: usize = 12;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    letters: Vec<char>,
    min: usize,
    max: usize,
}

/// An expression that draws a text which fits `pattern` as a whole and has from `min` to `max` characters.
pub(super) fn drawn(pattern: &str, min: usize, max: usize) -> Option<String> {
    let mut pieces = pieces(pattern)?;
    let mut total: usize = pieces.iter().map(|piece| piece.min).sum();
    let wanted = min.max(ENOUGH.min(max));
    for piece in &mut pieces {
        let room = (piece.max - piece.min).min(wanted.saturating_sub(total));
        piece.min += room;
        total += room;
        piece.max = piece.min;
    }
    (min..=max).contains(&total).then(|| code(&pieces))
}

fn code(pieces: &[Piece]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut fixed = String::new();
    for piece in pieces.iter().filter(|piece| piece.min > 0) {
        if let [only] = piece.letters.as_slice() {
            fixed.extend(std::iter::repeat_n(*only, piece.min));
            continue;
        }
        if !fixed.is_empty() {
            parts.push(python_string(&std::mem::take(&mut fixed)));
        }
        let letters: String = piece.letters.iter().collect();
        parts.push(format!("drawn({}, {})", python_string(&letters), piece.min));
    }
    if !fixed.is_empty() || parts.is_empty() {
        parts.push(python_string(&fixed));
    }
    parts.join(" + ")
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let found = sequence(&letters, &mut at)?;
    (at == letters.len()).then_some(found)
}

/// One alternative; the others are passed over.
fn sequence(letters: &[char], at: &mut usize) -> Option<Vec<Piece>> {
    let first = branch(letters, at)?;
    while letters.get(*at) == Some(&'|') {
        *at += 1;
        branch(letters, at)?;
    }
    Some(first)
}

fn branch(letters: &[char], at: &mut usize) -> Option<Vec<Piece>> {
    let mut found: Vec<Piece> = Vec::new();
    while let Some(letter) = letters.get(*at).copied() {
        let unit: Vec<Piece> = match letter {
            '|' | ')' => break,
            '^' | '$' => {
                *at += 1;
                continue;
            }
            '(' => {
                *at += 1;
                if letters.get(*at) == Some(&'?') {
                    if letters.get(*at + 1) != Some(&':') {
                        return None;
                    }
                    *at += 2;
                }
                let inner = sequence(letters, at)?;
                if letters.get(*at) != Some(&')') {
                    return None;
                }
                *at += 1;
                inner
            }
            '[' => vec![once(class(letters, at)?)],
            '\\' => {
                *at += 1;
                vec![once(escape(letters, at)?)]
            }
            '.' => {
                *at += 1;
                vec![once(('a'..='z').collect())]
            }
            '*' | '+' | '?' | '{' => return None,
            _ => {
                *at += 1;
                vec![once(vec![letter])]
            }
        };
        let (min, max) = quantifier(letters, at)?;
        if let [only] = unit.as_slice()
            && only.min == 1
            && only.max == 1
        {
            found.push(Piece {
                letters: only.letters.clone(),
                min,
                max,
            });
        } else {
            for _ in 0..min {
                found.extend(unit.clone());
            }
        }
    }
    Some(found)
}

fn once(letters: Vec<char>) -> Piece {
    Piece {
        letters,
        min: 1,
        max: 1,
    }
}

fn quantifier(letters: &[char], at: &mut usize) -> Option<(usize, usize)> {
    let bounds = match letters.get(*at) {
        Some('*') => (0, 64),
        Some('+') => (1, 64),
        Some('?') => (0, 1),
        Some('{') => {
            let end = letters[*at..].iter().position(|letter| *letter == '}')? + *at;
            let text: String = letters[*at + 1..end].iter().collect();
            *at = end;
            match text.split_once(',') {
                None => {
                    let exactly = text.parse().ok()?;
                    (exactly, exactly)
                }
                Some((low, "")) => {
                    let low: usize = low.parse().ok()?;
                    (low, low + 64)
                }
                Some((low, high)) => (low.parse().ok()?, high.parse().ok()?),
            }
        }
        _ => return Some((1, 1)),
    };
    *at += 1;
    // A lazy or possessive mark changes nothing about what fits.
    if matches!(letters.get(*at), Some('?' | '+')) {
        *at += 1;
    }
    (bounds.0 <= bounds.1 && bounds.0 <= 255).then_some(bounds)
}

fn escape(letters: &[char], at: &mut usize) -> Option<Vec<char>> {
    let letter = letters.get(*at).copied()?;
    *at += 1;
    match letter {
        'd' => Some(('0'..='9').collect()),
        'w' => Some(('a'..='z').chain('0'..='9').collect()),
        's' => Some(vec![' ']),
        _ if letter.is_ascii_alphanumeric() => None,
        _ => Some(vec![letter]),
    }
}

fn class(letters: &[char], at: &mut usize) -> Option<Vec<char>> {
    *at += 1;
    let negated = letters.get(*at) == Some(&'^');
    if negated {
        *at += 1;
    }
    let mut found: Vec<char> = Vec::new();
    loop {
        let letter = letters.get(*at).copied()?;
        *at += 1;
        match letter {
            ']' if !found.is_empty() => break,
            '\\' => found.extend(escape(letters, at)?),
            '[' => return None,
            _ => {
                let end = letters
                    .get(*at + 1)
                    .copied()
                    .filter(|end| letters.get(*at) == Some(&'-') && *end != ']');
                match end {
                    Some(end) if end != '\\' && letter <= end && u32::from(end) - u32::from(letter) < 256 => {
                        *at += 2;
                        found.extend(letter..=end);
                    }
                    Some(_) => return None,
                    None => found.push(letter),
                }
            }
        }
    }
    if negated {
        let rest: Vec<char> = ('a'..='z')
            .chain('0'..='9')
            .filter(|letter| !found.contains(letter))
            .collect();
        return (!rest.is_empty()).then_some(rest);
    }
    found.retain(|letter| !letter.is_control());
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_patterns_are_drawn() {
        assert_eq!(drawn("[A-C]+", 3, 5).as_deref(), Some("drawn(\"ABC\", 5)"));
        assert_eq!(
            drawn("^AB-[0-2]{4}$", 0, 255).as_deref(),
            Some("\"AB-\" + drawn(\"012\", 4)")
        );
        assert_eq!(
            drawn("(?:x|y)\\d{2}", 0, 3).as_deref(),
            Some("\"x\" + drawn(\"0123456789\", 2)")
        );
        assert_eq!(drawn("a?", 0, 0).as_deref(), Some("\"\""));
    }

    #[test]
    fn what_can_not_be_drawn_is_given_up_on() {
        assert_eq!(drawn("(?=x)x", 0, 9), None);
        assert_eq!(drawn("\\p{L}+", 0, 9), None);
        assert_eq!(drawn("[a-c]{3}", 5, 9), None);
        assert_eq!(drawn("(", 0, 9), None);
    }
}
