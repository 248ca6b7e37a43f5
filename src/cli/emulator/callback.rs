//! The flags of the emulator's asynchronous mode.

use std::time::Duration;

use crate::emulator::{AcceptStatus, CallbackForm, Callbacks, Signing};

/// How the emulator answers asynchronous calls and delivers their answers.
#[derive(Debug, Clone, clap::Args)]
pub struct CallbackArgs {
    /// Accept asynchronous calls (those with a callback_url) with this status
    #[arg(long, value_enum, value_name = "STATUS", default_value_t)]
    pub callback_status: AcceptStatus,

    /// How their answers are delivered
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub callback_form: CallbackForm,

    /// Wait so long before each delivery
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub callback_delay: u64,

    /// Deliver without X-Plivo-Signature-V3
    #[arg(long)]
    pub callback_unsigned: bool,
}

impl CallbackArgs {
    pub fn callbacks(&self) -> Callbacks {
        Callbacks {
            accept: self.callback_status,
            form: self.callback_form,
            delay: Duration::from_millis(self.callback_delay),
            signing: if self.callback_unsigned {
                Signing::Unsigned
            } else {
                Signing::Signed
            },
            ..Callbacks::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: CallbackArgs,
    }

    fn read(line: &str) -> Result<Callbacks, clap::Error> {
        Line::try_parse_from(line.split(' ')).map(|line| line.args.callbacks())
    }

    #[test]
    fn without_flags_all_is_as_usual() {
        assert_eq!(read("x").unwrap(), Callbacks::default());
    }

    #[test]
    fn flags_become_options() {
        let line =
            "x --callback-status 201 --callback-form text --callback-delay 250 --callback-unsigned";
        let wanted = Callbacks {
            accept: AcceptStatus::Created,
            form: CallbackForm::Text,
            delay: Duration::from_millis(250),
            signing: Signing::Unsigned,
            ..Callbacks::default()
        };
        assert_eq!(read(line).unwrap(), wanted);
        for bad in [
            "x --callback-status 204",
            "x --callback-form xml",
            "x --callback-delay -1",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
