//! A rota is written over the one that was looked at, and no other.

use crate::support::{at, on_both};
use comity_domain::{OrganizationId, UserId, rota::Rota};

on_both! {
    async fn of_two_who_change_a_rota_the_first_wins(db: Db) {
        let rota = |zone: &str| Rota { time_zone: zone.into(), layers: Vec::new(), exceptions: Vec::new() };
        let set = async |rota: &Rota, over| {
            db.set_rota(db.organization, "legal", rota, over, UserId::generate(), at(1)).await.unwrap()
        };
        assert!(db.rotas(db.organization).await.unwrap().is_empty());
        assert!(set(&rota("Europe/Berlin"), 0).await);
        assert!(!set(&rota("Europe/Oslo"), 0).await, "there is one by now");
        assert!(set(&rota("Europe/Oslo"), 1).await);
        assert!(!set(&rota("Europe/Rome"), 1).await);
        let found = db.rotas(db.organization).await.unwrap();
        assert_eq!((found[0].rota.time_zone.as_str(), found[0].version), ("Europe/Oslo", 2));
        assert!(db.rotas(OrganizationId::generate()).await.unwrap().is_empty());
    }
}
