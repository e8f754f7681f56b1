//! Today's date: the one thing that rules need from the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use archwright_grammar::ast::Date;

/// Today in UTC, so that a waiver ends for everybody at once.
pub(crate) fn today() -> Date {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    from_days(i64::try_from(seconds / 86_400).unwrap_or_default())
}

/// The date `days` after 1970-01-01.
///
/// Counts in cycles of 400 years that begin on 1 March, so that the leap day is the last of its year.
fn from_days(days: i64) -> Date {
    const CYCLE: i64 = 146_097;
    let shifted = days + 719_468;
    let cycle = shifted.div_euclid(CYCLE);
    let in_cycle = shifted.rem_euclid(CYCLE);
    let year_in_cycle = (in_cycle - in_cycle / 1_460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let day_of_year = in_cycle - (365 * year_in_cycle + year_in_cycle / 4 - year_in_cycle / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_in_cycle + cycle * 400 + i64::from(month <= 2);
    Date {
        year: u16::try_from(year).unwrap_or(u16::MAX),
        month: u8::try_from(month).unwrap_or(1),
        day: u8::try_from(day).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (days, year, month, day) in [
            (0, 1970, 1, 1),
            (59, 1970, 3, 1),
            (11_016, 2000, 2, 29),
            (11_017, 2000, 3, 1),
            (20_778, 2026, 11, 21),
            (47_541, 2100, 3, 1),
        ] {
            assert_eq!(from_days(days), Date { year, month, day }, "{days}");
        }
    }
}
