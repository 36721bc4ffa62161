//! Keeps the newest of a long series, within a number and a budget.

use std::collections::VecDeque;

/// The newest items pushed, as many as the limit and the budget let in.
#[derive(Debug)]
pub(crate) struct Newest<T> {
    items: VecDeque<(T, usize)>,
    limit: usize,
    budget: usize,
    cost: usize,
    pushed: usize,
}

impl<T> Newest<T> {
    /// Nothing yet; at most `limit` items whose costs add up to at most `budget`.
    pub(crate) fn new(limit: usize, budget: usize) -> Self {
        Self {
            items: VecDeque::new(),
            limit,
            budget,
            cost: 0,
            pushed: 0,
        }
    }

    /// Adds an item; the oldest make room for it.
    pub(crate) fn push(&mut self, item: T, cost: usize) {
        self.pushed += 1;
        self.cost += cost;
        self.items.push_back((item, cost));
        while self.items.len() > self.limit || self.cost > self.budget {
            let Some((_, cost)) = self.items.pop_front() else {
                break;
            };
            self.cost -= cost;
        }
    }

    /// Whether there were more than the limit lets in.
    pub(crate) fn is_beyond_limit(&self) -> bool {
        self.pushed > self.limit
    }

    /// The items kept, oldest first.
    pub(crate) fn items(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(item, _)| item)
    }

    /// Whether the limit or the budget cost an item.
    pub(crate) fn is_cut(&self) -> bool {
        self.items.len() < self.pushed
    }

    /// Whether the budget cost an item that the limit would have let in.
    pub(crate) fn is_cut_by_budget(&self) -> bool {
        self.items.len() < self.pushed.min(self.limit)
    }

    /// The items, oldest first.
    pub(crate) fn into_items(self) -> impl ExactSizeIterator<Item = T> {
        self.items.into_iter().map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(limit: usize, budget: usize, costs: &[usize]) -> (Vec<usize>, bool, bool) {
        let mut newest = Newest::new(limit, budget);
        for (at, cost) in costs.iter().enumerate() {
            newest.push(at, *cost);
        }
        let cut = (newest.is_cut(), newest.is_cut_by_budget());
        (newest.into_items().collect(), cut.0, cut.1)
    }

    #[test]
    fn the_newest_within_limit_and_budget_are_kept_oldest_first() {
        assert_eq!(newest(3, 100, &[1, 1, 1]), (vec![0, 1, 2], false, false));
        assert_eq!(newest(2, 100, &[1, 1, 1]), (vec![1, 2], true, false));
        assert_eq!(newest(9, 10, &[5, 5, 5]), (vec![1, 2], true, true));
        assert_eq!(newest(9, 10, &[1, 11]), (vec![], true, true));
        assert_eq!(newest(0, 10, &[1]), (vec![], true, false));
    }

    #[test]
    fn what_the_limit_would_have_dropped_anyway_is_no_loss_to_the_budget() {
        assert_eq!(newest(2, 10, &[9, 9, 1, 1]), (vec![2, 3], true, false));
    }
}
