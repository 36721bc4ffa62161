//! Reads the log of a service as it comes, and tells the records of its tasks apart.
//!
//! One stream holds what all tasks wrote, wherever they are. Asked for details, the Engine puts before each record,
//! behind its time, of which task it is; the records of a line follow each other only within one task. So each task
//! has a lane of its own, which gets its records without that.

use std::collections::HashMap;

use super::super::lane::{Lane, Wanted};
use super::super::merged::Found;
use super::Service;
use crate::operations::stream::frames::{Channel, Frames};
use crate::operations::stream::source::Source;
use crate::ordered;
use crate::redaction::Redactor;

/// No time with details is as long: they hold the labels that a service asks its log driver for, too.
const LONGEST_HEAD: usize = 16 << 10;

const TASK: &str = "com.docker.swarm.task.id=";

/// The log of a service, as far as it was read.
pub(in super::super) struct ServiceLane<'a> {
    wanted: &'a Wanted<'a>,
    redactor: &'a Redactor,
    frames: Frames,
    /// Of tasks with terminals each line is a record.
    by_line: bool,
    source: Source,
    /// The number of whom no task is known by.
    itself: usize,
    /// The numbers of the tasks, by their ids.
    tasks: HashMap<String, usize>,
    lanes: HashMap<usize, Lane<'a>>,
    record: Record,
}

/// The record that comes.
#[derive(Debug, Default)]
struct Record {
    channel: Option<Channel>,
    /// What may turn out to be its time and details; none once they are known.
    head: Option<Vec<u8>>,
    /// Whose it is.
    of: usize,
    /// A line of a terminal has come to its end.
    ended: bool,
}

impl<'a> ServiceLane<'a> {
    pub(in super::super) fn new(
        wanted: &'a Wanted<'a>,
        service: &Service,
        itself: usize,
        tasks: HashMap<String, usize>,
        redactor: &'a Redactor,
    ) -> Self {
        Self {
            wanted,
            redactor,
            frames: Frames::new(service.tty),
            by_line: service.tty,
            source: Source {
                tty: false,
                local: service.local,
            },
            itself,
            tasks,
            lanes: HashMap::new(),
            record: Record {
                ended: true,
                ..Record::default()
            },
        }
    }

    /// Takes what came, and hands on the lines that are wanted of it.
    pub(in super::super) fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(Found)) {
        let mut frames = std::mem::replace(&mut self.frames, Frames::new(false));
        frames.feed_records(chunk, |channel, begins, piece| {
            if self.by_line {
                for line in piece.split_inclusive(|byte| *byte == b'\n') {
                    let begins = std::mem::replace(&mut self.record.ended, line.ends_with(b"\n"));
                    self.take(channel, begins, line, &mut found);
                }
            } else {
                self.take(channel, begins, piece, &mut found);
            }
        });
        self.frames = frames;
    }

    /// Hands on what is left. Whether the tail has left lines out.
    pub(in super::super) fn finish(mut self, mut found: impl FnMut(Found)) -> bool {
        self.settle(&mut found);
        let mut lanes: Vec<(usize, Lane<'a>)> = self.lanes.drain().collect();
        ordered::sort_by_key(&mut lanes, |(of, _)| *of);
        let mut is_cut = false;
        for (_, lane) in lanes {
            is_cut |= lane.finish(&mut found);
        }
        is_cut
    }

    fn take(
        &mut self,
        channel: Channel,
        begins: bool,
        piece: &[u8],
        found: &mut impl FnMut(Found),
    ) {
        if begins {
            self.settle(found);
            self.record.channel = Some(channel);
            self.record.head = Some(Vec::new());
        }
        let Some(head) = &mut self.record.head else {
            let of = self.record.of;
            self.lane(of).take(channel, false, piece, found);
            return;
        };
        head.extend_from_slice(piece);
        let spaces = head.iter().filter(|byte| **byte == b' ').take(2).count();
        if spaces == 2 || head.contains(&b'\n') || head.len() > LONGEST_HEAD {
            self.settle(found);
        }
    }

    /// Gives what is held of the head of a record to whose it is.
    fn settle(&mut self, found: &mut impl FnMut(Found)) {
        let Some((channel, head)) = self.record.channel.zip(self.record.head.take()) else {
            return;
        };
        let (of, stamp, rest) = self.read_head(&head);
        self.record.of = of;
        let lane = self.lane(of);
        if !stamp.is_empty() {
            lane.take(channel, true, stamp, found);
        }
        if !rest.is_empty() {
            lane.take(channel, stamp.is_empty(), rest, found);
        }
    }

    /// Whose a record is, its time with the space behind it, and what was written. What the Engine itself says has
    /// no time and is of no task.
    fn read_head<'h>(&self, head: &'h [u8]) -> (usize, &'h [u8], &'h [u8]) {
        let none = (self.itself, &b""[..], head);
        let Some(stamp) = head.iter().position(|byte| *byte == b' ') else {
            return none;
        };
        let (stamp, rest) = head.split_at(stamp + 1);
        let end = rest.iter().position(|byte| *byte == b' ');
        let (details, text) = rest.split_at(end.unwrap_or(rest.len()));
        let details = str::from_utf8(details).unwrap_or_default();
        let task = details.split(',').find_map(|it| it.strip_prefix(TASK));
        match task {
            // One that began after the tasks were listed is known by the service alone.
            Some(task) => {
                let of = self.tasks.get(task).copied().unwrap_or(self.itself);
                (of, stamp, text.get(1..).unwrap_or_default())
            }
            None => none,
        }
    }

    fn lane(&mut self, of: usize) -> &mut Lane<'a> {
        let (wanted, source, redactor) = (self.wanted, self.source, self.redactor);
        let lane = || Lane::new(wanted, of, source, redactor);
        self.lanes.entry(of).or_insert_with(lane)
    }
}
