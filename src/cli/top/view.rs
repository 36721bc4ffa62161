//! Draws what `top` knows: a table of containers above, what is wrong below.

use std::collections::{HashMap, VecDeque};

use indicatif::BinaryBytes;
use mcp_docker::ordered;
use ratatui::Frame;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::bar::NINE_LEVELS;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Cell, Paragraph, Row, Table, TableState, Wrap};

use super::super::screen;
use super::sampler::{Container, Finding, News, Usage};

/// How many measures a curve shows.
const CURVE: usize = 16;

/// How many lines what is wrong has at most.
const BELOW: u16 = 9;

/// From how many columns on there is room for the curves, and for the rest.
const WITH_CURVES: u16 = 90;
const WITH_ALL: u16 = 120;

/// By what the containers are sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    #[default]
    Cpu,
    Memory,
    Name,
}

impl Order {
    fn next(self) -> Self {
        match self {
            Self::Cpu => Self::Memory,
            Self::Memory => Self::Name,
            Self::Name => Self::Cpu,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Name => "name",
        }
    }
}

/// What one took of late, the newest last.
#[derive(Debug, Default)]
struct Measured {
    usage: Usage,
    cpu: VecDeque<f64>,
}

impl Measured {
    fn add(&mut self, usage: Usage) {
        if self.cpu.len() == CURVE {
            self.cpu.pop_front();
        }
        self.cpu.push_back(usage.cpu_percent.unwrap_or_default());
        self.usage = usage;
    }

    /// The CPU of late as a curve, whose highest level is the most of it.
    fn curve(&self) -> String {
        let most = self.cpu.iter().copied().fold(1.0, f64::max);
        let levels = [
            NINE_LEVELS.empty,
            NINE_LEVELS.one_eighth,
            NINE_LEVELS.one_quarter,
            NINE_LEVELS.three_eighths,
            NINE_LEVELS.half,
            NINE_LEVELS.five_eighths,
            NINE_LEVELS.three_quarters,
            NINE_LEVELS.seven_eighths,
            NINE_LEVELS.full,
        ];
        let level = |cpu: &f64| levels.get((cpu / most * 8.0).ceil() as usize);
        self.cpu.iter().filter_map(level).copied().collect()
    }
}

/// What is shown.
pub(super) struct View {
    containers: Vec<Container>,
    measured: HashMap<String, Measured>,
    findings: Vec<Finding>,
    /// Why nothing is known, where that is so.
    trouble: Option<String>,
    can_diagnose: bool,
    is_whole: bool,
    order: Order,
    /// The id of the one that is chosen: it stays chosen wherever it moves to.
    chosen: Option<String>,
}

impl View {
    pub(super) fn new(can_diagnose: bool) -> Self {
        Self {
            containers: Vec::new(),
            measured: HashMap::new(),
            findings: Vec::new(),
            trouble: None,
            can_diagnose,
            is_whole: false,
            order: Order::default(),
            chosen: None,
        }
    }

    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Containers(listed) => self.list(listed),
            News::Usage(id, Some(usage)) => self.measured.entry(id).or_default().add(usage),
            News::Usage(id, None) => {
                self.measured.remove(&id);
            }
            News::Findings(Ok(findings)) => self.findings = findings,
            News::Findings(Err(why)) => self.trouble = Some(why),
        }
    }

    /// The containers that there are now.
    pub(super) fn list(&mut self, listed: Result<Vec<Container>, String>) {
        match listed {
            Ok(containers) => {
                self.measured
                    .retain(|id, _| containers.iter().any(|it| it.id == *id && it.runs()));
                self.containers = containers;
                self.trouble = None;
            }
            Err(why) => self.trouble = Some(why),
        }
    }

    pub(super) fn press(&mut self, key: KeyCode) {
        match key {
            KeyCode::Char('s') => self.order = self.order.next(),
            KeyCode::Char('a') => self.is_whole = !self.is_whole,
            KeyCode::Down | KeyCode::Char('j') => self.choose(1),
            KeyCode::Up | KeyCode::Char('k') => self.choose(-1),
            _ => {}
        }
    }

    fn choose(&mut self, step: isize) {
        let shown = self.shown();
        let at = self.place(&shown);
        let next = at
            .saturating_add_signed(step)
            .min(shown.len().saturating_sub(1));
        self.chosen = shown.get(next).map(|it| it.id.clone());
    }

    /// Where the chosen one stands; the first where none is chosen, or it went.
    fn place(&self, shown: &[&Container]) -> usize {
        let chosen = self.chosen.as_ref();
        shown
            .iter()
            .position(|it| Some(&it.id) == chosen)
            .unwrap_or_default()
    }

    /// The containers in their order.
    fn shown(&self) -> Vec<&Container> {
        let all = self.containers.iter();
        let mut shown: Vec<&Container> = all.filter(|it| self.is_whole || it.runs()).collect();
        let usage = |it: &Container| self.measured.get(&it.id).map(|it| &it.usage);
        match self.order {
            Order::Cpu => ordered::sort_by(&mut shown, |one, other| {
                let cpu = |it| usage(it).and_then(|it| it.cpu_percent).unwrap_or(-1.0);
                cpu(other)
                    .total_cmp(&cpu(one))
                    .then(one.name.cmp(&other.name))
            }),
            Order::Memory => ordered::sort_by_key(&mut shown, |it| {
                let memory = usage(it).and_then(|it| it.memory.usage);
                (std::cmp::Reverse(memory), it.name.clone())
            }),
            Order::Name => ordered::sort_by(&mut shown, |one, other| one.name.cmp(&other.name)),
        }
        shown
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let [head, table, below] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(3),
            Constraint::Length(BELOW),
        ])
        .areas(frame.area());
        let shown = self.shown();
        let place = self.place(&shown);
        frame.render_widget(self.head(), head);
        self.draw_table(&shown, place, frame, table);
        frame.render_widget(self.below(shown.get(place).copied()), below);
    }

    fn head(&self) -> Line<'_> {
        let running = self.containers.iter().filter(|it| it.runs()).count();
        let text = format!(
            "{running} of {} run | by {} (s) | {} (a) | end (q)",
            self.containers.len(),
            self.order.name(),
            if self.is_whole { "all" } else { "running" },
        );
        Line::styled(text, Modifier::BOLD)
    }

    fn draw_table(&self, shown: &[&Container], place: usize, frame: &mut Frame<'_>, area: Rect) {
        let (curves, whole) = (area.width >= WITH_CURVES, area.width >= WITH_ALL);
        let mut columns = vec![("CPU %", 7), ("MEMORY", 18)];
        if curves {
            columns.push(("CPU OF LATE", CURVE));
        }
        if whole {
            columns.extend([("RECEIVED", 11), ("SENT", 11), ("PIDS", 5)]);
        }
        let taken: usize = columns.iter().map(|(_, width)| width + 1).sum();
        // What is left is of names and states, in equal parts.
        let half = (usize::from(area.width).saturating_sub(taken + 1)) / 2;
        columns.splice(..0, [("CONTAINER", half), ("STATUS", half)]);
        let widths = columns
            .iter()
            .map(|(_, width)| Constraint::Length(u16::try_from(*width).unwrap_or(u16::MAX)));
        let titles = columns.iter().map(|(title, _)| *title);
        let rows = shown.iter().map(|container| {
            let mut cells = self.cells(container, half);
            cells.truncate(columns.len());
            Row::new(cells).style(self.style(container))
        });
        let table = Table::new(rows, widths)
            .header(Row::new(titles).style(Modifier::DIM))
            .row_highlight_style(Modifier::REVERSED);
        let mut state = TableState::new().with_selected(Some(place));
        frame.render_stateful_widget(table, area, &mut state);
    }

    /// What is known of one; names and states are cut to that width.
    fn cells(&self, container: &Container, width: usize) -> Vec<Cell<'static>> {
        let measured = self.measured.get(&container.id);
        let bytes =
            |bytes: Option<u64>| bytes.map_or(String::new(), |it| BinaryBytes(it).to_string());
        let usage = measured.map(|it| it.usage.clone()).unwrap_or_default();
        let cpu = usage
            .cpu_percent
            .map_or(String::new(), |it| format!("{it:.1}"));
        let share = usage
            .memory
            .percent
            .map_or(String::new(), |it| format!(" {it:.0} %"));
        vec![
            Cell::from(screen::cut(&container.name, width)),
            Cell::from(screen::cut(&container.status, width)),
            Cell::from(Text::from(cpu).right_aligned()),
            Cell::from(Text::from(bytes(usage.memory.usage) + &share).right_aligned()),
            Cell::from(measured.map_or(String::new(), Measured::curve)),
            Cell::from(Text::from(bytes(usage.network.rx_bytes)).right_aligned()),
            Cell::from(Text::from(bytes(usage.network.tx_bytes)).right_aligned()),
            Cell::from(usage.pids.map_or(String::new(), |it| it.to_string())),
        ]
    }

    /// Its worst finding gives it a colour.
    fn style(&self, container: &Container) -> Style {
        let own = self
            .findings
            .iter()
            .find(|it| it.container == container.name);
        match own {
            Some(finding) => severity(finding),
            None if container.runs() => Style::new(),
            None => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// What is wrong, with the chosen container first.
    fn below(&self, chosen: Option<&Container>) -> Paragraph<'_> {
        let name = chosen.map_or("", |it| it.name.as_str());
        let (own, others): (Vec<&Finding>, Vec<&Finding>) =
            self.findings.iter().partition(|it| it.container == name);
        let mut lines: Vec<Line<'_>> = Vec::new();
        if let Some(why) = &self.trouble {
            lines.push(Line::styled(why.as_str(), Color::Red));
        }
        for finding in own.iter().chain(&others) {
            lines.push(told(finding));
        }
        if lines.is_empty() {
            lines.push(Line::raw(match self.can_diagnose {
                true => "Nothing is wrong, as far as it can be seen.",
                false => "Not looked for: --toolsets default,insight",
            }));
        }
        let block = Block::new().borders(Borders::TOP).title(" What is wrong ");
        Paragraph::new(lines).wrap(Wrap { trim: true }).block(block)
    }
}

fn severity(finding: &Finding) -> Style {
    match finding.severity.as_str() {
        "critical" => Style::new().fg(Color::Red),
        "warning" => Style::new().fg(Color::Yellow),
        _ => Style::new(),
    }
}

/// A finding in a line: whose it is, what it is, why, and what to do.
fn told(finding: &Finding) -> Line<'_> {
    let mut spans = vec![
        Span::styled(finding.container.as_str(), severity(finding)),
        Span::raw(": "),
        Span::raw(finding.problem.as_str()),
    ];
    if let Some(cause) = &finding.cause {
        spans.extend([Span::raw(": "), Span::raw(cause.as_str())]);
    }
    spans.extend([
        Span::raw("; "),
        Span::styled(finding.next.as_str(), Modifier::DIM),
    ]);
    Line::from(spans)
}
