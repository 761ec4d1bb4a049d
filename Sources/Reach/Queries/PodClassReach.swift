/// Which classes of pods may connect to which, for those who walk the network themselves: by classes and rows that classes
/// share, never by pairs of pods.
package final class PodClassReach {
  private let rows: ReachRows
  private let model: ReachModel

  /// Nil where the model has no policy of the layer.
  package convenience init?(_ model: ReachModel, ifGovernedBy layer: PolicyProgram.Layer) {
    guard model.program.stages.contains(where: { $0.place.layer == layer }) else { return nil }
    self.init(model, layer: layer)
  }

  /// - Parameter layer: whose answers count; nil: all layers together.
  package init(_ model: ReachModel, layer: PolicyProgram.Layer? = nil) {
    self.model = model
    rows = layer.map { ReachRows(model, layers: [$0]) } ?? ReachRows(model)
  }

  /// Whether one side lets anything pass with an address or name outside the cluster.
  package func reachesOutside(_ podClass: PodClassID, _ direction: TrafficDirection) -> Bool {
    rows.reachesOutside(podClass, direction)
  }

  /// Whether one side lets a peer pass on any port.
  package func admits(_ podClass: PodClassID, _ direction: TrafficDirection, _ peer: PodClassID) -> Bool {
    rows.hasPorts(rows.side(podClass, direction, PeerID(peer)))
  }

  /// Of several classes, in ascending order, those that one side lets pass on any port.
  package func admitted(
    by podClass: PodClassID, _ direction: TrafficDirection, among classes: [PodClassID]
  ) -> [PodClassID] {
    rows.admitted(by: podClass, direction, among: classes)
  }

  /// Whether one side lets a peer pass on any port of a transport.
  package func admits(
    _ podClass: PodClassID, _ direction: TrafficDirection, _ peer: PodClassID,
    _ transport: ConnectionSet.TransportProtocol
  ) -> Bool {
    !rows.set(rows.side(podClass, direction, PeerID(peer))).ports(transport).isEmpty
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
