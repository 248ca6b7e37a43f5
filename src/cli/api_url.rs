//! `--api-url`: what is wrong with one is said without it.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

use crate::plivo::{ApiBase, ApiBaseMistake};

/// Reads an API base. clap's own readers quote what they refuse, and this may hold the token: `https://ID:TOKEN@host`.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApiUrl;

impl TypedValueParser for ApiUrl {
    type Value = ApiBase;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<ApiBase, clap::Error> {
        let base = value.to_str().ok_or(ApiBaseMistake::NotAnAddress);
        base.and_then(ApiBase::parse).map_err(|mistake| {
            clap::Error::raw(
                ErrorKind::ValueValidation,
                format!("--api-url: {mistake}\n"),
            )
            .with_cmd(command)
        })
    }
}
