//! Characters that look like others, and how letters with marks are spelt without them.

use crate::vocabulary::{FORMS, METHODS, SCALARS};

/// The sign that a character looks like.
pub(super) fn sign_meant(character: char) -> Option<&'static str> {
    Some(match character {
        '→' | '⇒' | '➔' | '➜' | '⟶' | '⟹' | '↦' => "->",
        '≤' | '⩽' => "<=",
        '≥' | '⩾' => ">=",
        '≠' => "!=",
        '≡' => "==",
        '…' => "..",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '－' => "-",
        '∧' => "and",
        '∨' => "or",
        '¬' => "not",
        '∗' | '＊' | '⋆' => "*",
        '⁄' | '∕' | '／' => "/",
        '：' | '︰' | '∶' => ":",
        '；' | '\u{37E}' => ";",
        '，' | '、' | '‚' => ",",
        '．' | '。' => ".",
        '｛' => "{",
        '｝' => "}",
        '（' => "(",
        '）' => ")",
        '［' | '【' => "[",
        '］' | '】' => "]",
        '＝' => "=",
        '＠' => "@",
        '？' => "?",
        '＞' | '›' => ">",
        '＜' | '‹' => "<",
        '＋' => "+",
        _ => return None,
    })
}

/// A word of the language that equals `word`.
pub(super) fn known_word(word: &str) -> Option<&'static str> {
    let words = FORMS.iter().map(|form| form.word);
    let scalars = SCALARS.iter().map(|scalar| scalar.name);
    words
        .chain(scalars)
        .chain(METHODS.iter().copied())
        .find(|known| !known.is_empty() && *known == word)
}

/// `word` in the letters and signs of the keyboard.
pub(super) fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for character in word.chars() {
        match (character, twin(character)) {
            (character, _) if character.is_ascii() => out.push(character),
            (_, None) if let Some(sign) = sign_meant(character) => out.push_str(sign),
            (_, Some(twin)) => out.push(twin),
            (character, None) => out.push_str(spelt(character)),
        }
    }
    out
}

/// The ASCII letter or digit that a character cannot be told from by looking.
pub(super) fn twin(character: char) -> Option<char> {
    const TWINS: &[(char, char)] = &[
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('х', 'x'),
        ('у', 'y'),
        ('і', 'i'),
        ('ѕ', 's'),
        ('ј', 'j'),
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('Х', 'X'),
        ('І', 'I'),
        ('ο', 'o'),
        ('ν', 'v'),
        ('Α', 'A'),
        ('Β', 'B'),
        ('Ε', 'E'),
        ('Ι', 'I'),
        ('Κ', 'K'),
        ('Μ', 'M'),
        ('Ν', 'N'),
        ('Ο', 'O'),
        ('Ρ', 'P'),
        ('Τ', 'T'),
        ('Χ', 'X'),
        ('Ζ', 'Z'),
    ];
    let code = u32::from(character);
    // The full-width forms follow the order of ASCII.
    if let Some(ascii) = code.checked_sub(0xFEE0).and_then(char::from_u32)
        && ascii.is_ascii_alphanumeric()
    {
        return Some(ascii);
    }
    TWINS
        .iter()
        .find(|(from, _)| *from == character)
        .map(|(_, to)| *to)
}

/// How a letter with a mark is spelt without it; nothing for what is no letter.
fn spelt(character: char) -> &'static str {
    match character {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'Ä' | 'Æ' => "Ae",
        'Ö' | 'Œ' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
        'ù' | 'ú' | 'û' => "u",
        'ý' | 'ÿ' => "y",
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' => "A",
        'Ç' => "C",
        'È' | 'É' | 'Ê' | 'Ë' => "E",
        'Ñ' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' => "O",
        'Ù' | 'Ú' | 'Û' => "U",
        '²' => "2",
        '³' => "3",
        character if character.is_alphabetic() => "?",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelt_with_plain_letters() {
        assert_eq!(plain("Größe"), "Groesse");
        assert_eq!(plain("оwner"), "owner");
        assert_eq!(plain("ｏｗｎｅｒ"), "owner");
        assert_eq!(plain("Order🚀"), "Order");
        assert_eq!(known_word("owner"), Some("owner"));
    }
}
