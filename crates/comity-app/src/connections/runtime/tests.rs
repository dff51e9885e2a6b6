use super::*;
use comity_plugin_host::SecretField;

fn description() -> Description {
    let password =
        SecretField { name: "password".into(), title: "Password".into(), help: String::new(), required: true };
    Description {
        id: "test".into(),
        version: "1".into(),
        name: "Test".into(),
        summary: "For tests".into(),
        publisher: "Comity".into(),
        config_schema: serde_json::json!({}),
        secrets: vec![password],
        origins: Vec::new(),
        secret_origins: BTreeMap::new(),
        text_limit: None,
        features: Vec::new(),
    }
}

#[test]
fn a_captured_secret_is_kept_with_its_origin() {
    let there_and_back = |name: &str, secret: &SecretText| {
        let secret = restored(&description(), name, stored(secret))?;
        Some((secret.captured_from().map(ToString::to_string), secret.expose().to_owned()))
    };
    let captured = SecretText::captured("a\nb", "https://api.example.org:8443".parse().unwrap());
    let kept = Some((Some("https://api.example.org:8443".to_owned()), "a\nb".to_owned()));
    assert_eq!(there_and_back("token", &captured), kept);
    let entered = SecretText::new("https://example.org\nis a strange password");
    assert_eq!(there_and_back("password", &entered), Some((None, entered.expose().to_owned())));
    assert_eq!(there_and_back("token", &SecretText::new("from nowhere")), None);
}
