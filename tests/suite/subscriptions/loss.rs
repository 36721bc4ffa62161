//! An Engine that goes away takes no subscription with it.

use serde_json::json;

use super::{UPDATED, listen, notified, quiet_engine, subscribe};
use crate::resources::{LEGACY, MODERN, open};

#[tokio::test]
async fn a_subscription_outlives_the_engine_and_tells_that_something_was_missed() {
    for era in [LEGACY, MODERN] {
        let mut engine = quiet_engine();
        let address = engine.address();
        let env = [("DOCKER_BASE_URL", &*address), ("MCP_LOG_LEVEL", "ERROR")];
        let mut client = open(era, &env).await;
        let uri = "container://logs/web";
        if era == LEGACY {
            subscribe(&mut client, 1, uri).await;
        } else {
            let filter = json!({ "resourceSubscriptions": [uri], "resourcesListChanged": true });
            listen(&mut client, 1, filter).await;
        }
        engine.asked("GET /containers/4c*/logs").await;
        engine.asked("GET /events").await;
        engine.kill().await;
        let before = engine.seen().len();
        engine.restart();

        let mut told = vec![notified(&mut client).await["method"].clone()];
        if era == MODERN {
            told.push(notified(&mut client).await["method"].clone());
        }
        assert!(told.contains(&json!(UPDATED)), "{told:?}");
        if era == MODERN {
            let changed = json!("notifications/resources/list_changed");
            assert!(told.contains(&changed), "{told:?}");
        }
        // And is told again of what comes.
        let come = async {
            loop {
                let seen = engine.seen().split_off(before);
                let again = |path: &str| seen.iter().any(|it| it.target.contains(path));
                if again("/logs?") && again("/events?") {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let come = tokio::time::timeout(std::time::Duration::from_secs(20), come).await;
        assert!(come.is_ok(), "{:?}", engine.requests());
    }
}
