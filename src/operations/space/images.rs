//! Foretells what the removal of images frees.
//!
//! Images share layers, so that the sum of their sizes is more than comes: a layer goes with the last
//! image that has it, once, and stays as long as a container or the build cache has it too. The
//! Engine tells of each image how much of it is shared, but not with which; where that matters, the
//! layers of those concerned are asked for.

use std::collections::HashSet;

use serde::Serialize;

use super::layers::{Layers, Places, Step, layers_of};
use super::usage::{Cached, Usage, same_id};
use crate::call::Call;
use crate::operations::objects::Image;

/// The most images whose layers are asked for; of more, less is known.
const MOST: usize = 500;

/// What goes when images go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Space {
    /// The bytes that come; none where nothing is known of them.
    pub(crate) freed: Option<u64>,
    /// The bytes that stay in the build cache until that is pruned.
    pub(crate) cached: u64,
    /// The Engine tells everything that it takes to know it.
    exact: bool,
}

impl Space {
    pub(crate) const NOTHING: Self = Self {
        freed: Some(0),
        cached: 0,
        exact: true,
    };

    const UNKNOWN: Self = Self {
        freed: None,
        cached: 0,
        exact: false,
    };

    /// That, and what further objects take; it is at least what is known of these.
    pub(crate) fn with(self, sizes: Vec<Option<u64>>) -> Self {
        let known = sizes.iter().flatten().copied().reduce(u64::saturating_add);
        let freed = match (self.freed, known) {
            (Some(freed), known) => Some(freed.saturating_add(known.unwrap_or(0))),
            (None, known) => known,
        };
        Self {
            freed: freed.filter(|_| sizes.is_empty() || known.is_some() || self.freed > Some(0)),
            exact: self.exact && !sizes.contains(&None),
            ..self
        }
    }
}

/// What the removal of these images frees, by their ids; none of them is one that a container was
/// made from, because that keeps the layers. `kept` are ids of others whose layers stay beside those
/// that the Engine lists. What cannot be asked is told less exactly, and keeps nothing from going.
pub(crate) async fn freed_by(
    going: &[&str],
    kept: &[&str],
    usage: &Usage,
    call: &Call<'_>,
) -> Space {
    if going.is_empty() {
        return Space::NOTHING;
    }
    let Some(images) = Images::of(going, usage) else {
        return Space::UNKNOWN;
    };
    let own = images.own();
    // One alone shares with those that stay, and what no other has is all its own.
    if images.sharing(&images.going).count() <= 1 && !images.is_cached && kept.is_empty() {
        return own;
    }
    let (concerned, exact) = (images.concerned(kept), images.exact);
    let counted = by_layers(concerned, usage.shared_cache().collect(), call).await;
    Space {
        exact: exact && counted.is_some(),
        ..counted.unwrap_or(own)
    }
}

/// The images that there are, by what the Engine tells of their sizes.
struct Images<'a> {
    going: Vec<&'a Image>,
    staying: Vec<&'a Image>,
    /// The build cache holds layers of images.
    is_cached: bool,
    /// Sizes are those of layers alone.
    exact: bool,
}

impl<'a> Images<'a> {
    /// None where the Engine does not tell the sizes of those that go.
    fn of(going: &[&str], usage: &'a Usage) -> Option<Self> {
        let goes = |image: &&Image| going.iter().any(|id| same_id(&image.id, id));
        let (found, staying): (Vec<&Image>, Vec<&Image>) = usage.images().iter().partition(goes);
        let is_known = found.iter().all(|image| own_size(image).is_some());
        (found.len() >= going.len() && is_known).then(|| Self {
            exact: !found.iter().any(|image| is_of_contents(image)),
            going: found,
            staying,
            is_cached: usage.shared_cache().any(|record| record.size > 0),
        })
    }

    /// What those that go have each for itself.
    fn own(&self) -> Space {
        Space {
            freed: self.going.iter().map(|image| own_size(image)).sum(),
            cached: 0,
            exact: self.exact,
        }
    }

    fn sharing<'s>(&self, images: &'s [&'a Image]) -> impl Iterator<Item = &'s &'a Image> {
        images.iter().filter(|image| *image.shared_size != Some(0))
    }

    /// The ids of those whose layers matter to what goes: of those that stay, and of those that go.
    fn concerned(&self, kept: &[&str]) -> (Vec<String>, Vec<String>) {
        let id = |image: &&Image| image.id.text().to_owned();
        let kept = kept.iter().map(|id| (*id).to_owned());
        let staying = self.sharing(&self.staying).map(id).chain(kept).collect();
        (staying, self.going.iter().map(id).collect())
    }
}

/// What goes, counted layer by layer; none where the Engine does not tell all of them.
async fn by_layers(
    (staying, going): (Vec<String>, Vec<String>),
    cached: Vec<Cached>,
    call: &Call<'_>,
) -> Option<Space> {
    if staying.len() + going.len() > MOST {
        return None;
    }
    let staying = layers_of(staying, false, call).await.ok()?;
    let going = layers_of(going, true, call).await.ok()?;
    count(&going, &staying, cached)
}

/// What an image has that no other has; none where the Engine did not count.
pub(crate) fn own_size(image: &Image) -> Option<u64> {
    Some((*image.size)?.saturating_sub((*image.shared_size)?))
}

/// Whether an image is kept as it came from its registry, beside its layers. Its id is its digest
/// then, and what it shares of that is not told.
fn is_of_contents(image: &Image) -> bool {
    let id = image.id.text();
    let mut digests = image.repo_digests.iter();
    digests.any(|digest| {
        digest
            .split_once('@')
            .is_some_and(|(_, digest)| digest == id)
    })
}

/// What goes of layers when images go and others stay: each once, none that stays. Those of which the
/// build cache has one of that size and origin stay there. None where the size of one cannot be told.
fn count(going: &[Layers], staying: &[Layers], mut cached: Vec<Cached>) -> Option<Space> {
    let mut places = Places::default();
    let mut seen: HashSet<usize> = HashSet::new();
    for image in staying {
        seen.extend(places.of(&image.names));
    }
    let mut space = Space::NOTHING;
    for image in going {
        for (at, place) in places.of(&image.names).into_iter().enumerate() {
            if !seen.insert(place) {
                continue;
            }
            let Step { size, by_buildkit } = *image.steps.as_ref()?.get(at)?;
            let is_it = |record: &Cached| {
                record.size == size && size > 0 && (record.is_base || by_buildkit)
            };
            match cached.iter().position(is_it) {
                Some(record) => {
                    cached.swap_remove(record);
                    space.cached += size;
                }
                None => space.freed = space.freed.map(|freed| freed + size),
            }
        }
    }
    Some(space)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    fn step(size: u64, by_buildkit: bool) -> Step {
        Step { size, by_buildkit }
    }

    fn cached(sizes: &[u64]) -> Vec<Cached> {
        let record = |size: &u64| Cached {
            size: *size,
            is_base: false,
        };
        sizes.iter().map(record).collect()
    }

    fn image(layers: &[(&str, u64)]) -> Layers {
        Layers {
            names: layers.iter().map(|(name, _)| (*name).to_owned()).collect(),
            steps: Some(layers.iter().map(|(_, size)| step(*size, true)).collect()),
        }
    }

    fn space(freed: u64, cached: u64) -> Option<Space> {
        Some(Space {
            freed: Some(freed),
            cached,
            exact: true,
        })
    }

    #[test]
    fn a_layer_goes_once_and_only_with_the_last_image_that_has_it() {
        let base = [("base", 100)];
        let (one, two) = ([("base", 100), ("x", 7)], [("base", 100), ("y", 5)]);
        let deep = [("base", 100), ("x", 7), ("z", 1)];
        // The same content on other layers is another layer.
        let apart = [("other", 30), ("x", 7)];
        for (going, staying, freed) in [
            (vec![image(&one)], vec![image(&base)], 7),
            (vec![image(&one), image(&two)], vec![], 112),
            (vec![image(&one), image(&two)], vec![image(&base)], 12),
            (vec![image(&base)], vec![image(&one)], 0),
            (vec![image(&one), image(&deep)], vec![image(&two)], 8),
            (vec![image(&one)], vec![image(&deep)], 0),
            (vec![image(&one), image(&apart)], vec![image(&base)], 44),
        ] {
            assert_eq!(count(&going, &staying, Vec::new()), space(freed, 0));
        }
    }

    #[test]
    fn what_the_build_cache_has_too_stays_there() {
        let going = [image(&[("base", 100), ("x", 7), ("none", 0)])];
        assert_eq!(count(&going, &[], cached(&[7, 7, 3])), space(100, 7));
        assert_eq!(count(&going, &[], cached(&[7, 100])), space(0, 107));
        // A record stands for one layer.
        let twice = [image(&[("a", 7), ("b", 7)])];
        assert_eq!(count(&twice, &[], cached(&[7])), space(7, 7));
        // The builder of old left nothing there, but what it was built on may have come from there.
        let mut old = image(&[("a", 7)]);
        old.steps = Some(vec![step(7, false)]);
        let old = [old];
        assert_eq!(count(&old, &[], cached(&[7])), space(7, 0));
        let pulled = Cached {
            size: 7,
            is_base: true,
        };
        assert_eq!(count(&old, &[], vec![pulled]), space(0, 7));
    }

    #[test]
    fn a_size_that_matters_and_is_not_told_leaves_all_unknown() {
        let unknown = Layers {
            steps: None,
            ..image(&[("base", 1), ("x", 1)])
        };
        let (base, going) = (image(&[("base", 1)]), [unknown]);
        assert_eq!(count(&going, &[base], Vec::new()), None);
        assert_eq!(count(&going, &going, Vec::new()), space(0, 0));
    }

    #[test]
    fn an_image_whose_id_is_its_digest_has_more_than_layers() {
        let digest = format!("web@sha256:{}", "1".repeat(64));
        let image = |id: &str| json!({ "Id": id, "RepoDigests": [digest] });
        let is_of_contents = |it: &Value| is_of_contents(&Image::deserialize(it).unwrap());
        assert!(is_of_contents(&image(&format!(
            "sha256:{}",
            "1".repeat(64)
        ))));
        assert!(!is_of_contents(&image(&format!(
            "sha256:{}",
            "2".repeat(64)
        ))));
        assert!(!is_of_contents(
            &json!({ "Id": "sha256:1", "RepoDigests": null })
        ));
    }
}
