//! `[views.NAME]`: what is listed under a name, in which order, with which columns.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::Utc;
use toml::de::DeTable;

use crate::app::columns::Columns;
use crate::app::criteria::{Criteria, Field, Flags};
use crate::app::sort;
use crate::app::views::{View, ViewName, key_of};
use crate::app::when::{self, End};
use crate::app::zone::Zone;

use super::file::{Entry, Reader, literal};
use super::nearest::meant;
use super::slot::{Form, Set, Slot, Source, Value};

/// The keys that are no text of a filter.
const OWN: [&str; 5] = [
    "from_exclusive",
    "to_exclusive",
    "sort",
    "reverse",
    "columns",
];

/// Every view, by name. Mistakes are noted.
pub(super) fn read(reader: &mut Reader, entry: Option<&Entry>) -> Vec<View> {
    let Some(entry) = entry else {
        return Vec::new();
    };
    let Some(table) = entry.get_ref().as_table() else {
        let what = "views: tables are needed here, like [views.week]";
        reader.mistake(entry.span(), what);
        return Vec::new();
    };
    let mut views = Vec::new();
    for (key, value) in table {
        let name = match key.get_ref().parse::<ViewName>() {
            Ok(name) => name,
            Err(why) => {
                reader.mistake(key.span(), format!("views: {why}"));
                continue;
            }
        };
        match value.get_ref().as_table() {
            Some(table) => views.push(one(reader, name, table)),
            None => {
                let what = format!("views.{name}: a table is needed here, [views.{name}]");
                reader.mistake(key.span(), what);
            }
        }
    }
    views.sort_by(|one, other| one.name.cmp(&other.name));
    views
}

/// What a view's table says, while it is read.
#[derive(Default)]
struct Said {
    texts: BTreeMap<&'static str, (String, Range<usize>)>,
    from_exclusive: bool,
    to_exclusive: bool,
    sort: Option<sort::Column>,
    reverse: bool,
    columns: Option<Columns>,
}

fn one(reader: &mut Reader, name: ViewName, table: &DeTable) -> View {
    let mut said = Said::default();
    for (key, value) in table {
        if let Err(what) = said.take(key.get_ref(), value) {
            let what = format!("views.{name}.{}: {what}", key.get_ref());
            reader.mistake(value.span(), what);
        }
    }
    let unknown = table.iter().filter(|(key, _)| {
        let name: &str = key.get_ref();
        !OWN.contains(&name) && field_of(name).is_none()
    });
    for (key, _) in unknown {
        let names = Field::ALL.map(key_of).into_iter().chain(OWN);
        let meant = meant(key.get_ref(), names);
        let what = format!("there is no setting views.{name}.{}{meant}", key.get_ref());
        reader.mistake(key.span(), what);
    }
    let criteria = said.criteria().unwrap_or_else(|mistakes| {
        for (key, span, what) in mistakes {
            reader.mistake(span, format!("views.{name}.{key}: {what}"));
        }
        Criteria::last_30_days()
    });
    View {
        name,
        criteria,
        // An order that is turned round without being named is that of the time of adding.
        order: match (said.sort, said.reverse) {
            (Some(sort::Column::Added), false) | (None, false) => None,
            (column, reversed) => Some((column.unwrap_or(sort::Column::Added), reversed)),
        },
        columns: said.columns,
    }
}

fn field_of(key: &str) -> Option<Field> {
    Field::ALL.into_iter().find(|field| key_of(*field) == key)
}

type Wrong = (&'static str, Range<usize>, String);

impl Said {
    /// Takes one key; those that are unknown are none of its business.
    fn take(&mut self, key: &str, value: &Entry) -> Result<(), String> {
        match key {
            "from_exclusive" => self.from_exclusive = setting(value)?,
            "to_exclusive" => self.to_exclusive = setting(value)?,
            "reverse" => self.reverse = setting(value)?,
            "sort" => self.sort = Some(setting(value)?),
            "columns" => self.columns = Some(setting(value)?),
            _ => {
                if let Some(field) = field_of(key) {
                    let text = literal(value.get_ref(), &[Form::Text])?;
                    self.texts.insert(key_of(field), (text, value.span()));
                }
            }
        }
        Ok(())
    }

    /// What it lists. Without `from` and `to`: the last 30 days.
    fn criteria(&self) -> Result<Criteria, Vec<Wrong>> {
        let text = |field| self.texts.get(key_of(field)).map(|(text, _)| text.clone());
        let flags = Flags {
            from: text(Field::From),
            to: text(Field::To),
            call_uuid: text(Field::CallUuid),
            subaccount: text(Field::Subaccount),
            from_number: text(Field::FromNumber),
            to_number: text(Field::ToNumber),
            either_number: text(Field::EitherNumber),
            conference: text(Field::Conference),
        };
        let mut mistakes = Vec::new();
        // What the times come to is seen when the view is opened; that they can be read at all, now.
        let times = [(Field::From, End::From), (Field::To, End::To)];
        for (field, end) in times {
            let typed = text(field).filter(|text| !text.trim().is_empty());
            let read = typed.map(|text| when::read(&text, end, &Zone::utc(), Utc::now()));
            if let Some(Err(mistake)) = read {
                let (what, example) = (mistake.message, field.example());
                mistakes.push((field, format!("{what}; for example {example}")));
            }
        }
        let criteria = Criteria::from_flags(&flags).map_err(|wrong| {
            let wrong = wrong.into_iter();
            wrong.map(|mistake| {
                let said = format!("{}; for example {}", mistake.message, mistake.example);
                (mistake.field, said)
            })
        });
        let criteria = match criteria {
            Ok(criteria) => Some(criteria),
            Err(wrong) => {
                mistakes.extend(wrong);
                None
            }
        };
        match criteria.filter(|_| mistakes.is_empty()) {
            Some(mut criteria) => {
                criteria.from.inclusive = !self.from_exclusive;
                criteria.to.inclusive = !self.to_exclusive;
                Ok(criteria)
            }
            None => Err(mistakes
                .into_iter()
                .map(|(field, what)| {
                    let key = key_of(field);
                    let span = self.texts.get(key).map(|(_, span)| span.clone());
                    (key, span.unwrap_or_default(), what)
                })
                .collect()),
        }
    }
}

/// A value that is read like a setting of its own.
fn setting<T: Value>(value: &Entry) -> Result<T, String> {
    let text = literal(value.get_ref(), T::FORMS)?;
    let mut slot = Set::new("", None, None::<T>);
    slot.set(&text, Source::Default)?;
    slot.value.ok_or_else(T::range)
}

#[cfg(test)]
mod tests;
