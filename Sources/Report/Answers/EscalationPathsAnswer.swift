package import Access
package import Bytes
package import Depth
import Findings
package import Kube

/// How subjects can obtain access that they do not have directly (`rbac paths`).
package struct EscalationPathsAnswer: KindOfAnswer {
  package static let kind = "EscalationPaths"

  /// Steps from a subject, or from a pod, to the goal.
  package typealias Path = (start: EscalationGraph.Position, steps: [EscalationGraph.Step])

  private let goal: EscalationGraph.Position
  private let paths: [Path]
  private let inventory: AccessInventory
  private let cuts: [EscalationCut]
  private let isOfEverybody: Bool
  private let unseen: [NotSeen]

  package var notSeen: [NotSeen] {
    inventory.snapshot.notSeen(
      anyOf: AccessInventory.kinds + [.serviceAccount, .secret, .namespace, .configMap] + PodTemplateCatalogue.kinds + [
        GroupKind("", "PersistentVolume"), GroupKind("", "PersistentVolumeClaim"),
        GroupKind("user.openshift.io", "Group"), GroupKind("kustomize.toolkit.fluxcd.io", "Kustomization"),
        GroupKind("helm.toolkit.fluxcd.io", "HelmRelease"), GroupKind("source.toolkit.fluxcd.io", "HelmChart"),
      ])
      // A path that was found stands, whatever an unknown role grants besides.
      + (paths.isEmpty || isOfEverybody ? inventory.unknownGrants(inventory.givenBindings) : [])
      + unseen
  }

  /// - Parameters:
  ///   - isOfEverybody: whether all subjects were asked for, and not one.
  ///   - cuts: bindings whose removal was tried.
  ///   - unseen: what may hold a path and is not in the input.
  package init(
    to goal: EscalationGraph.Position, _ paths: [Path], isOfEverybody: Bool, cuts: [EscalationCut] = [],
    unseen: [NotSeen] = [], _ inventory: AccessInventory
  ) {
    self.isOfEverybody = isOfEverybody
    self.unseen = unseen
    self.cuts = cuts
    self.goal = goal
    self.paths = paths
    self.inventory = inventory
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("to", goal.text)
    writer.key("paths")
    writer.array(of: paths) { writer, path in
      writer.object { writer in
        writer.field("subject", path.start.text)
        writer.field("length", EscalationGraph.length(path.steps))
        writer.key("steps")
        writer.array(of: path.steps) { writer, step in
          writer.object { writer in
            writer.step(from: step.from.text, to: step.to.text, step.text, step.technique)
            writer.field("binding", step.binding.map(inventory.describe))
            writer.field("location", step.binding.map(inventory.place(binding:)))
          }
        }
      }
      writer.drain(to: sink)
    }
    writer.key("cuts")
    writer.array(of: cuts) { writer, cut in
      writer.object { writer in
        writer.field("binding", inventory.describe(binding: cut.binding))
        writer.field("location", inventory.place(binding: cut.binding))
        writer.field("subjects", cut.before)
        writer.field("subjectsLeft", cut.after)
        writer.key("alternateLength")
        if let length = cut.alternate { writer.value(length) } else { writer.null() }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for path in paths {
      let steps = Phrase.count(EscalationGraph.length(path.steps), "step")
      text += "\(Terminal.printable(path.start.text)): \(steps) to \(goal.text)\n"
      for step in path.steps {
        let by = step.binding.map { ", by \(inventory.describe(binding: $0)), \(inventory.place(binding: $0))" } ?? ""
        text += terminal.wrapped("→ \(step.to.text): \(step.text)\(by)", indent: 2) + "\n"
      }
    }
    if !cuts.isEmpty {
      text += "Which binding to cut\n"
      for cut in cuts {
        let left =
          cut.after == 0
          ? "no way is left"
          : "\(Phrase.count(cut.after, "subject")) of \(cut.before) can still get there"
            + (cut.alternate.map { ", the shortest way in \(Phrase.count($0, "step"))" } ?? "")
        text += "  \(inventory.describe(binding: cut.binding)), \(inventory.place(binding: cut.binding)): \(left)\n"
      }
    }
    return text
      + (paths.isEmpty
        ? "No path to \(goal.text) found.\n" : "\(Phrase.count(paths.count, "subject")) can get to \(goal.text).\n")
  }
}
