//! An account whose programs log what they do.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use super::account::*;

pub trait Logged {
    fn log(&self) -> PathBuf;

    /// The program with this account's credentials and the log.
    fn logging(&self, command: &str, arguments: &[&str]) -> Command;

    /// `callreel download` of these, logged.
    fn logged_download(&self, rows: &[Row], to: &str) -> Command;

    /// `callreel delete` of these, logged and confirmed.
    fn logged_delete(&self, rows: &[Row]) -> Output;

    /// `callreel audit verify`.
    fn verify_log(&self, arguments: &[&str]) -> Output;

    /// What is logged; the chain must hold.
    fn logged(&self) -> Vec<Value>;
}

impl Logged for Account {
    fn log(&self) -> PathBuf {
        self.file("logs").join("audit.ndjson")
    }

    fn logging(&self, command: &str, arguments: &[&str]) -> Command {
        let mut program = self.command(command, arguments);
        program.env("CALLREEL_AUDIT", self.log());
        program
    }

    fn logged_download(&self, rows: &[Row], to: &str) -> Command {
        let mut program = self.logging("download", &["--rate", "2000", "--to"]);
        program.arg(self.file(to)).args(named(rows));
        program
    }

    fn logged_delete(&self, rows: &[Row]) -> Output {
        let count = rows.len().to_string();
        let mut program = self.logging("delete", &["--rate", "2000", "--yes", "--expect", &count]);
        program.args(["--operator", "Ana"]).args(named(rows));
        program.output().unwrap()
    }

    fn verify_log(&self, arguments: &[&str]) -> Output {
        let arguments = [&["verify"], arguments].concat();
        self.logging("audit", &arguments).output().unwrap()
    }

    fn logged(&self) -> Vec<Value> {
        let verified = self.verify_log(&[]);
        assert!(verified.status.success(), "{verified:?}");
        lines(&fs::read_to_string(self.log()).unwrap())
    }
}

/// The lines with this action.
pub fn of<'a>(logged: &'a [Value], action: &str) -> Vec<&'a Value> {
    let lines = logged.iter().filter(|line| line["action"] == action);
    lines.collect()
}
