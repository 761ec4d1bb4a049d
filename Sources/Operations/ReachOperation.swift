package import Findings
package import Kube
package import Reach

/// Whose network behaviour counts, and the models and comparisons that follow from it.
package struct ReachOperation: Sendable {
  /// Nil: that of the network plugin.
  private let profile: ReachProfile?
  /// Nil: the one that the input shows.
  private let plugin: NetworkPlugin?

  package init(profile: ReachProfile?, plugin: NetworkPlugin?) {
    self.profile = profile
    self.plugin = plugin
  }

  package func profile(for snapshot: ClusterSnapshot) -> ReachProfile {
    let plugin = plugin ?? NetworkPlugin.detect(snapshot)
    guard let chosen = profile else { return .of(plugin) }
    var profile = chosen
    // Asking how another plugin would behave asks for its dialects, too.
    profile.plugin = self.plugin ?? (chosen.name == "spec" ? plugin : nil)
    return profile
  }

  package func model(of snapshot: ClusterSnapshot) -> ReachModel {
    ReachModel(snapshot, profile: profile(for: snapshot))
  }

  /// Connections gained and lost between two snapshots.
  package func changes(from old: ReachModel, to new: ReachModel) -> [ConnectivityDiff.Change] {
    ConnectivityDiff(old, new).changes
  }

  /// Connections gained and lost when objects are applied to a snapshot.
  ///
  /// - Returns: with the problems of the model after, where one was made.
  package func changes(
    from old: ReachModel, applying objects: ClusterSnapshot, to snapshot: ClusterSnapshot
  ) -> (changes: [ConnectivityDiff.Change], problems: [Problem]) {
    // One NetworkPolicy is the usual question, and needs no second reading of the cluster.
    if objects.objects.count == 1, let quick = PolicyChange(old).apply(objects.objects[0]) { return (quick, []) }
    let new = ReachModel(snapshot.applying(objects), profile: profile(for: snapshot))
    return (ConnectivityDiff(old, new).changes, new.problems)
  }
}
