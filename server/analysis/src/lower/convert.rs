//! Small values: the same thing in the generators' words.

use archwright_codegen::model::{
    Deprecation, DurationModel, DurationUnit, RateLimitModel, RateScope, RetryModel, Setting as SettingModel,
};
use archwright_grammar::ast::{Date, Duration, TimeUnit};
use smol_str::SmolStr;

use crate::model::facts::{Deprecated, Limit, Name, Retry, Setting};

pub(super) fn docs(docs: Option<&SmolStr>) -> String {
    docs.map(ToString::to_string).unwrap_or_default()
}

pub(super) fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(super) fn setting<T>(setting: &Setting<T>) -> SettingModel {
    match setting {
        Setting::Absent => SettingModel::Absent,
        Setting::Off(_) => SettingModel::Off,
        Setting::Set(..) => SettingModel::On,
    }
}

pub(super) fn duration(duration: Duration) -> DurationModel {
    let unit = match duration.unit {
        TimeUnit::Millisecond => DurationUnit::Millisecond,
        TimeUnit::Second => DurationUnit::Second,
        TimeUnit::Minute => DurationUnit::Minute,
        TimeUnit::Hour => DurationUnit::Hour,
        TimeUnit::Day => DurationUnit::Day,
        TimeUnit::Week => DurationUnit::Week,
        TimeUnit::Month => DurationUnit::Month,
        TimeUnit::Year => DurationUnit::Year,
    };
    DurationModel::new(duration.count, unit)
}

pub(super) fn date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

pub(super) fn deprecation(deprecated: &Deprecated) -> Deprecation {
    Deprecation {
        reason: deprecated.because.to_string(),
        sunset: deprecated.sunset.map(date),
    }
}

pub(super) fn retry(retry: &Retry) -> RetryModel {
    RetryModel {
        times: count(retry.count),
        backoff_min: retry.backoff.map(|(from, _)| duration(from)),
        backoff_max: retry.backoff.map(|(_, to)| duration(to)),
    }
}

/// A limit; where nobody is named it counts callers, or addresses where callers are not known.
pub(super) fn limit(limit: &Limit, open: bool) -> RateLimitModel {
    let by = match limit.by.as_deref() {
        Some("ip") => RateScope::Ip,
        Some("key") => RateScope::Key,
        Some("caller") => RateScope::Caller,
        _ if open => RateScope::Ip,
        _ => RateScope::Caller,
    };
    RateLimitModel {
        count: limit.rate.count,
        per: duration(limit.rate.per),
        by,
    }
}

/// A number of things; what is negative or too large was reported and counts as the nearest that is not.
pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// A number of rows or characters.
pub(super) fn amount(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
