/// Which classes of pods may connect to which, for those who walk the network themselves: by classes and rows that classes
/// share, never by pairs of pods.
package final class PodClassReach {
  private let rows: ReachRows
  private let model: ReachModel

  package init(_ model: ReachModel) {
    self.model = model
    rows = ReachRows(model)
  }

  /// Whether one side lets a peer pass on any port.
  package func admits(_ podClass: PodClassID, _ direction: TrafficDirection, _ peer: PodClassID) -> Bool {
    rows.hasPorts(rows.side(podClass, direction, PeerID(peer)))
  }

  /// The number of the row of a class: classes with one number admit the same.
  package func row(_ podClass: PodClassID, _ direction: TrafficDirection) -> Int {
    Int(rows.rowNumber(podClass, direction))
  }

  /// What two classes may connect by, both sides asked.
  package func connections(_ source: PodClassID, _ destination: PodClassID) -> ConnectionSet {
    rows.set(rows.pair(source, destination))
  }
}
