//! Where in the world a region is, as far as its name tells.

/// What the name of a region says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// In the European Union or the rest of the European Economic Area.
    Europe,
    /// In a country whose protection the Commission has found adequate without further conditions.
    Adequate,
    /// Somewhere else.
    Outside,
    /// The name does not say.
    Unknown,
}

impl Region {
    /// Whether personal data may go there without more.
    pub const fn allowed(self) -> bool {
        matches!(self, Self::Europe | Self::Adequate)
    }
}

/// First words of regions, codes of countries and names of places that settle it.
const WORDS: &[(Region, &[&str])] = &[
    (
        Region::Outside,
        &[
            "us",
            "usa",
            "america",
            "nam",
            "cn",
            "china",
            "hk",
            "hongkong",
            "in",
            "india",
            "sg",
            "singapore",
            "au",
            "australia",
            "br",
            "brazil",
            "mx",
            "mexico",
            "za",
            "africa",
            "ae",
            "uae",
            "qa",
            "ru",
            "russia",
            "tr",
            "id",
            "th",
            "vn",
            "ph",
            "asia",
            "apac",
            "southamerica",
            "me",
            "sa",
            "af",
            "iad",
            "sfo",
            "sjc",
            "nyc",
            "dfw",
            "syd",
            "bom",
            "gru",
            "sin",
        ],
    ),
    (
        Region::Europe,
        &[
            "eu",
            "eea",
            "europe",
            "emea",
            "at",
            "be",
            "bg",
            "hr",
            "cy",
            "cz",
            "de",
            "dk",
            "ee",
            "es",
            "fi",
            "fr",
            "gr",
            "hu",
            "ie",
            "it",
            "lt",
            "lu",
            "lv",
            "mt",
            "nl",
            "pl",
            "pt",
            "ro",
            "se",
            "si",
            "sk",
            "is",
            "li",
            "no",
            "germany",
            "france",
            "ireland",
            "austria",
            "netherlands",
            "fra",
            "ams",
            "cdg",
            "arn",
            "waw",
            "mad",
            "nbg",
            "fsn",
            "hel",
            "par",
            "mil",
            "dub",
            "sto",
        ],
    ),
    (
        Region::Adequate,
        &[
            "uk",
            "gb",
            "ch",
            "ca",
            "jp",
            "kr",
            "nz",
            "il",
            "ar",
            "uy",
            "ad",
            "fo",
            "gg",
            "im",
            "je",
            "lon",
            "lhr",
            "nrt",
            "zrh",
            "northamerica",
            "canada",
            "japan",
            "korea",
            "israel",
            "switzerland",
        ],
    ),
];

/// Parts of names that are written in one word: `westeurope`, `germanywestcentral`, `japaneast`.
const INSIDE: &[(Region, &[&str])] = &[
    (
        Region::Europe,
        &[
            "europe",
            "germany",
            "france",
            "italy",
            "norway",
            "poland",
            "spain",
            "sweden",
            "austria",
            "belgium",
            "denmark",
            "finland",
            "greece",
            "ireland",
            "netherlands",
            "portugal",
        ],
    ),
    (
        Region::Adequate,
        &[
            "switzerland",
            "uksouth",
            "ukwest",
            "japan",
            "korea",
            "canada",
            "israel",
            "newzealand",
        ],
    ),
    (
        Region::Outside,
        &[
            "eastus",
            "westus",
            "centralus",
            "asia",
            "india",
            "china",
            "brazil",
            "australia",
            "africa",
            "uae",
            "qatar",
            "mexico",
        ],
    ),
];

/// Regions of clouds whose first word says less than the whole.
const WHOLE: &[(&str, Region)] = &[
    ("ap-northeast-1", Region::Adequate),
    ("ap-northeast-2", Region::Adequate),
    ("ap-northeast-3", Region::Adequate),
    ("asia-northeast1", Region::Adequate),
    ("asia-northeast2", Region::Adequate),
    ("asia-northeast3", Region::Adequate),
    ("eu-west-2", Region::Adequate),
    ("eu-central-2", Region::Adequate),
    ("europe-west2", Region::Adequate),
    ("europe-west6", Region::Adequate),
];

/// Where a region is.
pub fn region(name: &str) -> Region {
    let name = name.trim().to_ascii_lowercase();
    if let Some((_, known)) = WHOLE.iter().find(|(whole, _)| *whole == name) {
        return *known;
    }
    let first: &str = name
        .split(|character: char| !character.is_ascii_alphabetic())
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    if first == "ap" {
        return Region::Outside;
    }
    let listed = |lists: &[(Region, &[&str])], fits: &dyn Fn(&str) -> bool| {
        lists
            .iter()
            .find(|(_, words)| words.iter().any(|word| fits(word)))
            .map(|(region, _)| *region)
    };
    listed(WORDS, &|word| word == first)
        .or_else(|| listed(INSIDE, &|word| name.contains(word)))
        .unwrap_or(Region::Unknown)
}

#[cfg(test)]
mod tests {
    use super::{Region, region};

    #[test]
    fn names_of_clouds_and_countries_are_known() {
        for name in [
            "eu",
            "EU",
            "eu-central-1",
            "europe-west1",
            "westeurope",
            "germanywestcentral",
            "de",
            "fra1",
            "nbg1",
        ] {
            assert_eq!(region(name), Region::Europe, "{name}");
        }
        for name in [
            "eu-west-2",
            "uk",
            "uksouth",
            "ca-central-1",
            "ap-northeast-1",
            "japaneast",
            "northamerica-northeast1",
        ] {
            assert_eq!(region(name), Region::Adequate, "{name}");
        }
        for name in [
            "us",
            "us-east-1",
            "eastus2",
            "southcentralus",
            "ap-southeast-2",
            "cn-north-1",
            "asia-south1",
            "southamerica-east1",
        ] {
            assert_eq!(region(name), Region::Outside, "{name}");
        }
        for name in ["", "primary", "dc1", "rack 7"] {
            assert_eq!(region(name), Region::Unknown, "{name}");
        }
    }
}
