//! Where a recording's files lie in the archive, by a template like `{year}/{month}/{add_time}_{id}.{ext}`.

use std::fmt;
use std::str::FromStr;

use crate::plivo::Recording;

use super::name;

/// The template that is used when none is given. No number is in it, so that listings of the folder tell none.
pub const DEFAULT: &str = "{year}/{month}/{add_time}_{id}.{ext}";

/// Parts of a path, at most.
const MOST_PARTS: usize = 8;

/// How the names of an archive are made. Its text is checked; what the fields bring is made safe each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Without the ending.
    parts: Vec<Vec<Piece>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    AddTime,
    Id,
    CallUuid,
    From,
    To,
    Type,
    Conference,
}

/// The fields by name, but for `ext`.
const FIELDS: [(&str, Field); 10] = [
    ("year", Field::Year),
    ("month", Field::Month),
    ("day", Field::Day),
    ("add_time", Field::AddTime),
    ("id", Field::Id),
    ("call_uuid", Field::CallUuid),
    ("from", Field::From),
    ("to", Field::To),
    ("type", Field::Type),
    ("conference", Field::Conference),
];

/// Every name ends so: what else lies in an archive is told by its own ending.
const ENDING: &str = ".{ext}";

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateMistake {
    #[error("a name ends in {ENDING}, as in {DEFAULT}")]
    Ending,
    #[error("there is no field {{{0}}}; there are {fields} and {{ext}} at the end", fields = names())]
    Field(String),
    #[error("a {{ without its }}, or the other way round")]
    Brace,
    #[error("{0:?} cannot stand in a name on every system: use letters, digits and - _ . + @ = ,")]
    Character(char),
    #[error(
        "each part of the path between two / needs a name that stays in the folder and is not hidden"
    )]
    Part,
    #[error("a path has {MOST_PARTS} parts at most")]
    TooDeep,
}

fn names() -> String {
    let names: Vec<_> = FIELDS
        .iter()
        .map(|(name, _)| format!("{{{name}}}"))
        .collect();
    names.join(" ")
}

impl FromStr for Template {
    type Err = TemplateMistake;

    fn from_str(text: &str) -> Result<Self, TemplateMistake> {
        let stem = text
            .trim()
            .strip_suffix(ENDING)
            .ok_or(TemplateMistake::Ending)?;
        let parts: Vec<_> = stem.split('/').map(read_part).collect::<Result<_, _>>()?;
        match parts.len() {
            ..=MOST_PARTS => Ok(Self { parts }),
            _ => Err(TemplateMistake::TooDeep),
        }
    }
}

impl Default for Template {
    fn default() -> Self {
        let field = |field| vec![Piece::Field(field)];
        let name = vec![
            Piece::Field(Field::AddTime),
            Piece::Text("_".to_owned()),
            Piece::Field(Field::Id),
        ];
        Self {
            parts: vec![field(Field::Year), field(Field::Month), name],
        }
    }
}

fn read_part(text: &str) -> Result<Vec<Piece>, TemplateMistake> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (literal, behind) = match rest.split_once('{') {
            Some((literal, behind)) => (literal, Some(behind)),
            None => (rest, None),
        };
        if literal.contains('}') {
            return Err(TemplateMistake::Brace);
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(read_literal(literal)?));
        }
        let Some(behind) = behind else { break };
        let (field, behind) = behind.split_once('}').ok_or(TemplateMistake::Brace)?;
        let known = FIELDS.iter().find(|(name, _)| *name == field);
        let (_, found) = known.ok_or_else(|| TemplateMistake::Field(field.to_owned()))?;
        pieces.push(Piece::Field(*found));
        rest = behind;
    }
    let literal: String = pieces.iter().map(Piece::shape).collect();
    match !pieces.is_empty() && name::is_part(&literal) {
        true => Ok(pieces),
        false => Err(TemplateMistake::Part),
    }
}

fn read_literal(text: &str) -> Result<String, TemplateMistake> {
    let odd = text
        .chars()
        .find(|&c| name::field(&format!("a{c}a")) != format!("a{c}a"));
    match odd {
        Some(odd) => Err(TemplateMistake::Character(odd)),
        None => Ok(text.to_owned()),
    }
}

impl Piece {
    /// The text, or a letter where a field will be.
    fn shape(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Field(_) => "x",
        }
    }
}

impl Template {
    /// Where `recording` belongs. Fields that it lacks are `none`.
    pub fn place(&self, recording: &Recording) -> Place {
        let mut parts: Vec<String> = self
            .parts
            .iter()
            .map(|pieces| {
                let plain: String = pieces.iter().map(|piece| piece.write(recording)).collect();
                // Longer than a part may be only by several fields of strangers, which an id then tells apart.
                match plain.len() > name::LONGEST_PART {
                    true => {
                        let short = name::part(&plain, name::LONGEST_PART - 16);
                        format!("{short}~{}", name::fingerprint(&plain))
                    }
                    false => name::part(&plain, name::LONGEST_PART),
                }
            })
            .collect();
        let stem = parts.pop().unwrap_or_default();
        Place {
            folders: parts,
            stem,
            ending: ending(recording),
        }
    }
}

impl Piece {
    fn write(&self, recording: &Recording) -> String {
        let time = |format: &str| {
            let added = recording.added.map(|at| at.format(format).to_string());
            added.unwrap_or_else(|| name::field(""))
        };
        let text = |value: &Option<String>| name::field(value.as_deref().unwrap_or_default());
        match self {
            Self::Text(text) => text.clone(),
            Self::Field(field) => match field {
                Field::Year => time("%Y"),
                Field::Month => time("%m"),
                Field::Day => time("%d"),
                Field::AddTime => time("%Y%m%dT%H%M%SZ"),
                Field::Id => name::id(recording.id.as_str()),
                Field::CallUuid => text(&recording.call_uuid),
                Field::From => text(&recording.from_number),
                Field::To => text(&recording.to_number),
                Field::Type => text(&recording.kind),
                Field::Conference => text(&recording.conference_name),
            },
        }
    }
}

/// By what the API says the file is, else by its link.
fn ending(recording: &Recording) -> &'static str {
    let link = recording.url.as_deref().unwrap_or_default();
    let link = link.split(['?', '#']).next().unwrap_or_default();
    let said = recording
        .format
        .as_deref()
        .map(str::trim)
        .unwrap_or_default();
    let is = |ending: &str| {
        let in_link = link.rsplit_once('.').map(|(_, ending)| ending);
        said.eq_ignore_ascii_case(ending)
            || in_link.is_some_and(|found| found.eq_ignore_ascii_case(ending))
    };
    Place::ENDINGS
        .into_iter()
        .find(|ending| is(ending))
        .unwrap_or("bin")
}

/// Where a recording's files lie below the archive's folder. It never leads out of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    folders: Vec<String>,
    stem: String,
    ending: &'static str,
}

impl Place {
    const ENDINGS: [&str; 3] = ["mp3", "wav", "bin"];

    /// Reads a path that [`fmt::Display`] wrote; `None` for any other text, which may come from a file that somebody changed.
    pub fn read(path: &str) -> Option<Self> {
        let mut parts: Vec<&str> = path.split('/').collect();
        let (stem, found) = parts.pop()?.rsplit_once('.')?;
        let ending = Self::ENDINGS.into_iter().find(|ending| *ending == found)?;
        let safe = parts.len() < MOST_PARTS && parts.iter().all(|part| name::is_part(part));
        (safe && name::is_part(stem)).then(|| Self {
            folders: parts.into_iter().map(str::to_owned).collect(),
            stem: stem.to_owned(),
            ending,
        })
    }

    /// The folders that lead there, outermost first.
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// The file's name in its folder.
    pub fn file(&self) -> String {
        format!("{}.{}", self.stem, self.ending)
    }

    /// The name of the file with what the API knows of the recording.
    pub fn sidecar(&self) -> String {
        format!("{}.json", self.stem)
    }

    /// The path of the sidecar below the archive's folder.
    pub fn sidecar_path(&self) -> String {
        let folders: String = self
            .folders
            .iter()
            .map(|folder| format!("{folder}/"))
            .collect();
        folders + &self.sidecar()
    }

    /// Reads a path of [`Place::sidecar_path`], for a recording without sound.
    pub fn of_sidecar(path: &str) -> Option<Self> {
        Self::read(&format!("{}.bin", path.strip_suffix(".json")?))
    }

    /// The same place under a name of its own, where `id` is not in the name and another recording has it.
    #[must_use]
    pub fn apart(&self, id: &str) -> Self {
        Self {
            stem: format!("{}~{}", self.stem, name::fingerprint(id)),
            ..self.clone()
        }
    }

    /// Equal for places that some file system takes for the same.
    pub fn folded(&self) -> String {
        let folders = self.folders.join("/").to_lowercase();
        // A sidecar is named by the stem alone.
        format!("{folders}/{}", self.stem.to_lowercase())
    }
}

/// The path below the archive's folder, its parts joined by `/`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for folder in &self.folders {
            write!(f, "{folder}/")?;
        }
        write!(f, "{}.{}", self.stem, self.ending)
    }
}

#[cfg(test)]
mod tests;
