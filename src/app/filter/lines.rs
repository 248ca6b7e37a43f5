//! One line of text for each field.

use crate::app::criteria::Field;
use crate::app::input::TextLine;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lines {
    pub(super) from: TextLine,
    pub(super) to: TextLine,
    call_uuid: TextLine,
    subaccount: TextLine,
    from_number: TextLine,
    to_number: TextLine,
    either_number: TextLine,
    conference: TextLine,
}

impl Lines {
    pub(super) fn get(&self, field: Field) -> &TextLine {
        match field {
            Field::From => &self.from,
            Field::To => &self.to,
            Field::CallUuid => &self.call_uuid,
            Field::Subaccount => &self.subaccount,
            Field::FromNumber => &self.from_number,
            Field::ToNumber => &self.to_number,
            Field::EitherNumber => &self.either_number,
            Field::Conference => &self.conference,
        }
    }

    pub(super) fn get_mut(&mut self, field: Field) -> &mut TextLine {
        match field {
            Field::From => &mut self.from,
            Field::To => &mut self.to,
            Field::CallUuid => &mut self.call_uuid,
            Field::Subaccount => &mut self.subaccount,
            Field::FromNumber => &mut self.from_number,
            Field::ToNumber => &mut self.to_number,
            Field::EitherNumber => &mut self.either_number,
            Field::Conference => &mut self.conference,
        }
    }
}
