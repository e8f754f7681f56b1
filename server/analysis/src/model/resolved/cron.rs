//! Times of jobs: the five fields of `cron`.

use super::settings::Setting;
use crate::model::{expr::text::quoted, finding::Finding};

/// One field: its name, its numbers, and words that stand for them.
struct Part {
    name: &'static str,
    from: u32,
    to: u32,
    words: &'static [&'static str],
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const PARTS: [Part; 5] = [
    Part {
        name: "minute",
        from: 0,
        to: 59,
        words: &[],
    },
    Part {
        name: "hour",
        from: 0,
        to: 23,
        words: &[],
    },
    Part {
        name: "day of the month",
        from: 1,
        to: 31,
        words: &[],
    },
    Part {
        name: "month",
        from: 1,
        to: 12,
        words: MONTHS,
    },
    Part {
        name: "day of the week",
        from: 0,
        to: 7,
        words: DAYS,
    },
];

/// Short forms of other programs, written out.
const SHORT: &[(&str, &str)] = &[
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

const HELP: &str = "The fields are minute, hour, day of the month, month, day of the week: \"0 3 * * *\" is every night at three.";

/// Checks when a job runs.
pub(super) fn check(setting: &Setting<'_, '_>, text: &str, index: u16) -> Option<Finding> {
    let wrong = |message: String| setting.finding("type.format", index, message, HELP);
    let fields: Vec<&str> = text.split_whitespace().collect();
    if let Some((_, meant)) = SHORT.iter().find(|(short, _)| *short == text.trim()) {
        let found = wrong(format!(
            "{} is a short form; here the five fields are written",
            quoted(text)
        ));
        return Some(found.fix(setting.repair(index, format!("Write {meant}"), quoted(meant))));
    }
    if fields.len() != PARTS.len() {
        let found = wrong(format!(
            "{} has {} field{}, and a time has five",
            quoted(text),
            fields.len(),
            if fields.len() == 1 { "" } else { "s" }
        ));
        // Some programs begin with seconds.
        return Some(if fields.len() == 6 && fields[0] == "0" {
            found.fix(setting.repair(
                index,
                "Leave the seconds out".to_owned(),
                quoted(&fields[1..].join(" ")),
            ))
        } else {
            found
        });
    }
    let mut values = Vec::with_capacity(PARTS.len());
    for (field, part) in fields.iter().zip(&PARTS) {
        match part.read(field) {
            Ok(numbers) => values.push(numbers),
            Err(why) => return Some(wrong(format!("`{field}` is no {}: {why}", part.name))),
        }
    }
    never(&fields, &values).then(|| {
        let message = format!(
            "no month that is named has that day, so {} never comes",
            quoted(text)
        );
        setting.finding(
            "type.out_of_range",
            index,
            message,
            "February ends with the 29th, April, June, September and November with the 30th.",
        )
    })
}

/// Whether the days do not exist in the months; a day of the week makes up for it.
fn never(fields: &[&str], values: &[Vec<u32>]) -> bool {
    let [_, _, days, months, _] = values else {
        return false;
    };
    let last = |month: u32| match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    fields.get(4) == Some(&"*")
        && !months
            .iter()
            .any(|month| days.iter().any(|day| *day <= last(*month)))
}

impl Part {
    /// The numbers that a field stands for.
    fn read(&self, field: &str) -> Result<Vec<u32>, String> {
        let mut numbers = Vec::new();
        for entry in field.split(',') {
            let (range, step) = match entry.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (entry, None),
            };
            let (low, high) = if range == "*" {
                (self.from, self.to)
            } else {
                match range.split_once('-') {
                    Some((low, high)) => (self.number(low)?, self.number(high)?),
                    None => {
                        let one = self.number(range)?;
                        (one, if step.is_some() { self.to } else { one })
                    }
                }
            };
            if low > high {
                return Err(format!("`{range}` ends before it begins"));
            }
            let step = match step {
                None => 1,
                Some(text) => match text.parse::<usize>() {
                    Ok(0) => return Err("a step of 0 gets nowhere".to_owned()),
                    Ok(step) => step,
                    Err(_) => return Err(format!("`{text}` is no step")),
                },
            };
            numbers.extend((low..=high).step_by(step));
        }
        Ok(numbers)
    }

    fn number(&self, text: &str) -> Result<u32, String> {
        let upper = text.to_ascii_uppercase();
        if let Some(index) = self.words.iter().position(|word| *word == upper) {
            return Ok(self.from + index as u32);
        }
        let range = || format!("numbers go from {} to {}", self.from, self.to);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<u32>() {
            Ok(number) if digits && (self.from..=self.to).contains(&number) => Ok(number),
            Ok(_) if digits => Err(range()),
            _ if text.is_empty() => Err("a number is missing".to_owned()),
            _ if self.words.is_empty() => Err(range()),
            _ => Err(format!(
                "{}, or {} to {}",
                range(),
                self.words[0],
                self.words[self.words.len() - 1]
            )),
        }
    }
}
