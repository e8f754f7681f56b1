//! The command line.
//!
//! Exit codes: 0 all is well, 1 there is something to mend, 2 the command could not do its work. Results go to
//! standard output, troubles to standard error; nothing is ever asked.

mod baseline;
mod check;
mod compliance;
mod configuration;
mod demo;
mod explain;
mod fixing;
mod fmt;
mod generate;
mod init;
mod opened;
pub(crate) mod output;
mod release;
mod rules;
mod stats;
mod targets;
mod timing;
mod waivers;

use std::path::PathBuf;
use std::process::ExitCode;

use archwright_analysis::Profile;
use archwright_analysis::diagnostic::Severity;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Describe a backend in a blueprint, see what is wrong with it while you type, and generate services that run.
#[derive(Debug, Parser)]
#[command(name = "archwright", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check blueprints and print what is wrong.
    ///
    /// A path may be a file or a folder. The blueprint is the nearest folder above it that holds archwright.toml;
    /// findings are limited to the paths that are given.
    Check(CheckArgs),
    /// Generate services from a blueprint.
    ///
    /// Files that you have edited are merged or left alone, never overwritten. Nothing is generated for a service
    /// whose blueprint has errors.
    Generate(GenerateArgs),
    /// Lay blueprints out in the one style of the language.
    ///
    /// Only blanks, line ends and separators change: never what a blueprint says, and never a comment. Lines around an
    /// error of syntax stay as they are. The one choice is the width of lines, `[format] width` in archwright.toml.
    Fmt(FmtArgs),
    /// Explain a rule: what it finds, why it matters and how to mend it. Without a name, list all.
    Explain {
        /// A code as findings show it: `auth.missing_authorization` or `auth/missing-authorization`.
        rule: Option<String>,
    },
    /// List the rules: id, the profile from which on it runs, severity, title.
    Rules {
        /// How the list is printed.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// List every waiver: the rule, what it is for, until when, why, and whether it does anything.
    Waivers(WaiversArgs),
    /// Make the blueprint the contract that later changes are compared with.
    ///
    /// Writes endpoints, types, entities, events and how they are protected into archwright.lock. Refuses while the
    /// blueprint has errors.
    Release(ReleaseArgs),
    /// Accept the findings that are there, so that only new ones count.
    Baseline {
        #[command(subcommand)]
        action: BaselineAction,
    },
    /// Count findings by rule: new, waived, accepted, and how many more or fewer than at the last release or baseline.
    Stats {
        /// A folder or file of the blueprint.
        #[arg(default_value = ".")]
        path: PathBuf,
        /// How the counts are printed.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Show what a blueprint states for each control of the regimes that it names in `complies`, what the rules find, and what only
    /// people can do.
    Compliance(ComplianceArgs),
    /// Serve an editor over standard input and output.
    Lsp {
        /// Accepted because many editors pass it; standard input and output are used in any case.
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Print the JSON Schema of archwright.toml, for editors that complete and check TOML.
    Schema,
    /// Write a small blueprint to start from. Existing files are never touched.
    Init {
        /// The folder.
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Copy two example blueprints, one hurried and one in good order, and say what to try with them.
    Demo {
        /// The folder to write them to.
        #[arg(default_value = "archwright-demo")]
        dir: PathBuf,
    },
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// Files or folders.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How results are printed.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    format: ReportFormat,
    /// The mildest severity that makes the exit code 1.
    #[arg(long, value_enum, default_value_t = Threshold::Error)]
    fail_on: Threshold,
    /// Which rules run; overrides archwright.toml.
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
    /// Apply the fixes that keep the meaning, then check.
    #[arg(long)]
    fix: bool,
    /// Say on standard error how long each rule took, the slowest first.
    #[arg(long)]
    timing: bool,
}

#[derive(Debug, Args)]
struct WaiversArgs {
    /// Files or folders.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How the list is printed.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Args)]
struct ComplianceArgs {
    /// A folder or file of the blueprint.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How the overview is printed.
    #[arg(long, value_enum, default_value_t = DocumentFormat::Md)]
    format: DocumentFormat,
}

#[derive(Debug, Args)]
struct FmtArgs {
    /// Files or folders; `-` alone reads standard input and writes to standard output.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change, and end with 1 if there are any.
    #[arg(long)]
    check: bool,
    /// Write nothing; print what would change as a unified diff, and end with 1 if there is anything.
    #[arg(long)]
    diff: bool,
}

#[derive(Debug, Args)]
struct ReleaseArgs {
    /// A folder or file of the blueprint.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Release changes that break deployed clients, too.
    #[arg(long)]
    breaking: bool,
    /// Print what would change and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write nothing; end with 1 when archwright.lock does not hold what would be released.
    #[arg(long, conflicts_with_all = ["dry_run", "breaking"])]
    check: bool,
}

#[derive(Debug, Subcommand)]
enum BaselineAction {
    /// Accept all findings that count now, and forget those that are gone.
    Write {
        /// A folder or file of the blueprint.
        #[arg(default_value = ".")]
        path: PathBuf,
    },
    /// Forget accepted findings that are gone. Accepts nothing.
    Prune {
        /// A folder or file of the blueprint.
        #[arg(default_value = ".")]
        path: PathBuf,
    },
    /// List the accepted findings.
    Show {
        /// A folder or file of the blueprint.
        #[arg(default_value = ".")]
        path: PathBuf,
        /// How the list is printed.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
}

#[derive(Debug, Args)]
struct GenerateArgs {
    /// A folder or file of the blueprint.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A service to generate; may be given several times. Without it, every service whose stack is not `none`.
    #[arg(long = "service", value_name = "NAME")]
    services: Vec<String>,
    /// Settle for your text of a file that was left alone; may be given several times.
    #[arg(long, value_name = "FILE")]
    mine: Vec<String>,
    /// Settle for the generated text of a file that was left alone; yours goes to .archwright/backup.
    #[arg(long, value_name = "FILE")]
    generated: Vec<String>,
    /// Print the plan and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// How the plan is printed.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people.
    Human,
    /// For programs, in a shape of its own.
    Json,
    /// SARIF 2.1.0, for code scanning services and security dashboards.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// `JUnit` XML, for test reports.
    Junit,
}

/// How documents are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DocumentFormat {
    /// Markdown.
    Md,
    /// For programs.
    Json,
}

/// How other results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// A severity, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Threshold {
    /// Errors only.
    Error,
    /// Warnings and errors.
    Warning,
    /// Infos and worse.
    Info,
    /// Everything.
    Hint,
}

impl From<Threshold> for Severity {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Error => Self::Error,
            Threshold::Warning => Self::Warning,
            Threshold::Info => Self::Info,
            Threshold::Hint => Self::Hint,
        }
    }
}

/// A profile, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProfileName {
    /// The rules that hardly any blueprint can do without.
    Core,
    /// Those that most blueprints should follow.
    Recommended,
    /// All of them.
    Strict,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Core => Self::Core,
            ProfileName::Recommended => Self::Recommended,
            ProfileName::Strict => Self::Strict,
        }
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Well,
    /// Findings at or above the threshold, or something that must be mended first.
    Findings,
    /// The command could not do its work, or not all of it.
    Unable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Well => 0,
            Outcome::Findings => 1,
            Outcome::Unable => 2,
        })
    }
}

/// Runs the command line of this process.
pub(crate) fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Explain { rule } => explain::run(rule.as_deref()),
        Command::Waivers(args) => waivers::run(&args),
        Command::Rules { format } => rules::run(format),
        Command::Release(args) => release::run(&args),
        Command::Baseline { action } => baseline::run(&action),
        Command::Stats { path, format } => stats::run(&path, format),
        Command::Compliance(args) => compliance::run(&args),
        Command::Lsp { .. } => return crate::lsp::run(),
        Command::Schema => {
            output::print(&archwright_analysis::config::schema::schema());
            Outcome::Well
        }
        Command::Init { dir } => init::run(&dir),
        Command::Demo { dir } => demo::run(&dir),
    };
    if output::lost() {
        Outcome::Unable.into()
    } else {
        outcome.into()
    }
}
