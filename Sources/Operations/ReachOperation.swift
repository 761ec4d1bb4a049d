package import Findings
package import Kube
package import Reach

/// Builds and compares models for one network plugin.
package struct ReachOperation: Sendable {
  /// Nil: the profile of the network plugin.
  private let profile: ReachProfile?
  /// Nil: the plugin that the input shows.
  private let plugin: NetworkPlugin?

  package init(profile: ReachProfile?, plugin: NetworkPlugin?) {
    self.profile = profile
    self.plugin = plugin
  }

  package func profile(for snapshot: ClusterSnapshot) -> ReachProfile {
    let plugin = plugin ?? NetworkPlugin.detect(snapshot)
    guard let chosen = profile else { return .of(plugin) }
    var profile = chosen
    // A model of another plugin needs the dialects of that plugin.
    profile.plugin = self.plugin ?? (chosen.name == "spec" ? plugin : nil)
    return profile
  }

  package func model(of snapshot: ClusterSnapshot) -> ReachModel {
    ReachModel(snapshot, profile: profile(for: snapshot))
  }

  /// Connections gained and lost between two models.
  package func changes(from old: ReachModel, to new: ReachModel) -> [ConnectivityDiff.Change] {
    ConnectivityDiff(old, new).changes
  }

  /// Connections gained and lost when objects are applied to a snapshot.
  ///
  /// - Returns: the changes, and the problems of the new model where one was built.
  package func changes(
    from old: ReachModel, applying objects: ClusterSnapshot, to snapshot: ClusterSnapshot
  ) -> (changes: [ConnectivityDiff.Change], problems: [Problem]) {
    // A single NetworkPolicy is the usual case, and needs no second model.
    if objects.objects.count == 1, let quick = PolicyChange(old).apply(objects.objects[0]) { return (quick, []) }
    let new = ReachModel(snapshot.applying(objects), profile: profile(for: snapshot))
    return (ConnectivityDiff(old, new).changes, new.problems)
  }
}
