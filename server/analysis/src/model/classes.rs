//! Classification: which sensitive classes a field or type carries.

/// A set of the four classes, plus "unknown" for `json` and `bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Classes(u8);

impl Classes {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Personal data.
    pub const PII: Self = Self(0b0_0001);
    /// Health data.
    pub const PHI: Self = Self(0b0_0010);
    /// Card data.
    pub const PCI: Self = Self(0b0_0100);
    /// Credentials.
    pub const SECRET: Self = Self(0b0_1000);
    /// Content that nothing is known about; never a reason for an error.
    pub const UNKNOWN: Self = Self(0b1_0000);

    /// Both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `other` is in here.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether any class is known to be here.
    pub const fn sensitive(self) -> bool {
        self.0 & 0b0_1111 != 0
    }

    /// Whether phi, pci or secret is here: more than pii.
    pub const fn severe(self) -> bool {
        self.0 & 0b0_1110 != 0
    }

    /// Without those of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The attribute words, in a fixed order: `@pii, @phi`.
    pub fn words(self) -> String {
        let mut words = Vec::new();
        for (class, word) in [
            (Self::PII, "@pii"),
            (Self::PHI, "@phi"),
            (Self::PCI, "@pci"),
            (Self::SECRET, "@secret"),
        ] {
            if self.any(class) {
                words.push(word);
            }
        }
        words.join(", ")
    }

    /// The class that an attribute states.
    pub fn of_attribute(name: &str) -> Self {
        match name {
            "pii" => Self::PII,
            "phi" => Self::PHI,
            "pci" => Self::PCI,
            "secret" => Self::SECRET,
            _ => Self::NONE,
        }
    }
}
