use std::path::Path;

use super::*;
use crate::config::Config;
use crate::config::mistake::Error;

fn parse(text: &str) -> Result<Config, Error> {
    Config::parse(Path::new("config.toml"), text)
}

fn mistakes(text: &str) -> Vec<String> {
    match parse(text) {
        Err(Error::Mistaken { mistakes, .. }) => mistakes.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let text = "[views.week]\nfrom = \"-7d\"\nto_exclusive = true\nto = \"now\"\nfrom_number = \"+14155550100\"\n\
                sort = \"length\"\nreverse = true\ncolumns = [\"to\", \"id\"]\n\n[views.all]\nconference = \"a \\\\ \\\"b\\\"\"\n";
    let config = parse(text).unwrap();
    let names: Vec<_> = config
        .views()
        .iter()
        .map(|view| view.name.as_str())
        .collect();
    assert_eq!(names, ["all", "week"]);
    for view in config.views() {
        let again = parse(&view.section()).unwrap();
        assert_eq!(again.views(), std::slice::from_ref(view));
    }
    let week = &config.views()[1];
    assert_eq!(week.criteria.from.text, "-7d");
    assert!(!week.criteria.to.inclusive);
    assert_eq!(week.order, Some((sort::Column::Length, true)));
}

#[test]
fn without_a_range_it_is_the_usual_one() {
    let config = parse("[views.x]\nsort = \"to\"\n").unwrap();
    assert_eq!(config.views()[0].criteria, Criteria::last_30_days());
}

#[test]
fn mistakes_have_their_lines_and_what_was_meant() {
    let text = "[views.week]\nfrom = \"yestrday\"\nfrm = \"x\"\nfrom_number = \"abc\"\nsort = \"lenght\"\n\
                columns = \"to\"\nreverse = 1\n[views.\"a b\"]\n[views.two]\nfrom_number = \"+1 415 555 0100\"\n\
                either_number = \"+1 415 555 0101\"\n";
    insta::assert_snapshot!(mistakes(text).join("\n"));
    assert_eq!(mistakes("views = 1\n").len(), 1);
    assert_eq!(mistakes("[views]\nx = 1\n").len(), 1);
    assert!(mistakes("[profiles.a.views.x]\n")[0].contains("there is no table"));
}
