//! How often progress is told, on a clock that the test moves.

use std::sync::Mutex;

use futures_util::FutureExt;

use super::*;

type Sent = Arc<Mutex<Vec<(Instant, Report)>>>;

/// A progress whose notifications are kept, with the time each was sent at.
fn recorded() -> (Progress, Sent) {
    let sent = Sent::default();
    let record = Arc::clone(&sent);
    let progress = Progress::to(move |report| {
        record.lock().unwrap().push((Instant::now(), report));
        future::ready(()).boxed()
    });
    (progress, sent)
}

fn taken(sent: &Sent) -> Vec<(Instant, Report)> {
    std::mem::take(&mut sent.lock().unwrap())
}

fn assert_rising(sent: &[(Instant, Report)]) {
    for pair in sent.windows(2) {
        let (before, after) = (&pair[0].1, &pair[1].1);
        assert!(before.done < after.done, "{before:?}, then {after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_where_nobody_listens() {
    let progress = Progress::none();
    progress.report(1.0, None, "one");
    assert_eq!(progress.beside(future::ready(7)).await, 7);
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_thinned_to_ten_a_second_and_ends_with_its_last_report() {
    let (progress, sent) = recorded();
    progress
        .beside(async {
            for step in 1..=5000_u32 {
                progress.report(step.into(), Some(5000.0), format!("step {step}"));
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;

    let sent = taken(&sent);
    assert_rising(&sent);
    assert!(sent.len() > 30, "{} in five seconds", sent.len());
    for (start, _) in &sent {
        let second = *start..*start + Duration::from_secs(1);
        let count = sent.iter().filter(|(at, _)| second.contains(at)).count();
        assert!(count <= 10, "{count} in one second");
    }
    let (_, last) = sent.last().unwrap();
    assert_eq!((last.done, &*last.message), (5000.0, "step 5000"));
}

#[tokio::test(start_paused = true)]
async fn a_silent_call_gives_a_sign_of_life_every_five_seconds() {
    let (progress, sent) = recorded();
    let started = Instant::now();
    progress.beside(sleep(Duration::from_secs(23))).await;

    let sent = taken(&sent);
    assert_rising(&sent);
    assert_eq!(sent[0].1.message, "running for 2 s");
    let times: Vec<Instant> = [started]
        .into_iter()
        .chain(sent.iter().map(|(at, _)| *at))
        .chain([started + Duration::from_secs(23)])
        .collect();
    for pair in times.windows(2) {
        let pause = pair[1] - pair[0];
        assert!(pause <= Duration::from_secs(5), "{pause:?} without a word");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_under_two_seconds_that_reports_nothing_sends_nothing() {
    let (progress, sent) = recorded();
    progress.beside(sleep(Duration::from_millis(1900))).await;
    assert_eq!(taken(&sent), []);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_repeats_what_was_last_said_and_leaves_room_for_what_comes() {
    let (progress, sent) = recorded();
    progress
        .beside(async {
            progress.report(3.0, Some(7.0), "3 of 7 layers");
            sleep(Duration::from_secs(100)).await;
            progress.report(4.0, Some(7.0), "4 of 7 layers");
        })
        .await;

    let sent = taken(&sent);
    assert_rising(&sent);
    assert_eq!(sent[1].1.message, "3 of 7 layers (4 s)");
    assert!(
        sent[1].1.done < 3.1,
        "runs ahead of the work: {:?}",
        sent[1].1
    );
    let (_, last) = sent.last().unwrap();
    assert_eq!((last.done, last.total), (4.0, Some(7.0)));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_falls_or_stands_is_sent_as_one_that_rises() {
    let (progress, sent) = recorded();
    progress
        .beside(async {
            for done in [5.0, 1.0, 5.0, 5.0, 6.0] {
                progress.report(done, Some(5.0), format!("at {:?}", Instant::now()));
                sleep(Duration::from_millis(200)).await;
            }
        })
        .await;

    let sent = taken(&sent);
    assert_eq!(sent.len(), 5);
    assert_rising(&sent);
    for (_, report) in &sent {
        assert!(
            report.total.is_none_or(|total| report.done <= total),
            "{report:?}"
        );
    }
    assert_eq!(sent[4].1.done, 6.0);
}

#[tokio::test(start_paused = true)]
async fn the_same_report_again_is_not_sent_again() {
    let (progress, sent) = recorded();
    progress
        .beside(async {
            for _ in 0..10 {
                progress.report(0.0, None, "waiting");
                sleep(Duration::from_millis(150)).await;
            }
        })
        .await;
    assert_eq!(taken(&sent).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_does_not_read_slows_nothing_but_the_end() {
    let calls = Arc::new(Mutex::new(0));
    let count = Arc::clone(&calls);
    let progress = Progress::to(move |_| {
        *count.lock().unwrap() += 1;
        future::pending().boxed()
    });
    let started = Instant::now();
    let worked = progress
        .beside(async {
            for step in 0..1000_u32 {
                progress.report(step.into(), None, "");
                sleep(Duration::from_millis(10)).await;
            }
            started.elapsed()
        })
        .await;

    assert!(worked < Duration::from_secs(11), "{worked:?}");
    assert!(started.elapsed() <= worked + PATIENCE + Duration::from_millis(10));
    assert_eq!(
        *calls.lock().unwrap(),
        1,
        "notifications pile up before a client that does not read"
    );
}

#[tokio::test(start_paused = true)]
async fn a_notification_on_its_way_arrives_before_the_result() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let arrived = Arc::clone(&log);
    let progress = Progress::to(move |report| {
        let arrived = Arc::clone(&arrived);
        async move {
            sleep(Duration::from_millis(50)).await;
            arrived.lock().unwrap().push(report.message);
        }
        .boxed()
    });
    progress
        .beside(async {
            progress.report(1.0, None, "first");
            sleep(Duration::from_millis(10)).await;
            progress.report(2.0, None, "last");
        })
        .await;
    assert_eq!(*log.lock().unwrap(), ["first", "last"]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_sends_nothing_more() {
    let (progress, sent) = recorded();
    let call = progress.beside(async {
        progress.report(1.0, None, "one");
        sleep(Duration::from_millis(10)).await;
        progress.report(2.0, None, "two");
        future::pending::<()>().await;
    });
    let cut = tokio::time::timeout(Duration::from_millis(50), call).await;
    assert!(cut.is_err());
    progress.report(3.0, None, "three");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(taken(&sent).len(), 1);
}

/// What has happened comes apart from the result, however late it was; how far a call is holds up nothing.
#[tokio::test(start_paused = true)]
async fn what_has_happened_is_told_a_moment_before_the_result() {
    for late in [0, 1, 300] {
        let (progress, sent) = recorded();
        let work = async {
            progress.report_each(1.0, "web died".to_owned());
            sleep(Duration::from_millis(late)).await;
        };
        progress.beside(work).await;
        let (at, last) = taken(&sent).pop().unwrap();
        assert_eq!(last.message, "web died");
        assert!(at.elapsed() >= APART, "{:?} after it", at.elapsed());
    }
    let (progress, _) = recorded();
    let started = Instant::now();
    let work = async { progress.report(1.0, None, "reading") };
    progress.beside(work).await;
    assert!(started.elapsed() < APART, "{:?}", started.elapsed());
}
