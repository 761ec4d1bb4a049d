/// Which side of a connection a policy speaks for: that of the pod which gets it, or that of the pod which opens it.
package enum TrafficDirection: String, Sendable, CaseIterable {
  case ingress
  case egress

  package var opposite: TrafficDirection { self == .ingress ? .egress : .ingress }
}

/// A value for each direction.
package struct PerDirection<Value> {
  package var ingress: Value
  package var egress: Value

  package init(ingress: Value, egress: Value) {
    self.ingress = ingress
    self.egress = egress
  }

  /// Calls for ingress first.
  package init(_ make: (TrafficDirection) throws -> Value) rethrows {
    ingress = try make(.ingress)
    egress = try make(.egress)
  }

  package init(both value: Value) {
    ingress = value
    egress = value
  }

  package subscript(direction: TrafficDirection) -> Value {
    @inline(__always) get { direction == .ingress ? ingress : egress }
    @inline(__always) _modify {
      if direction == .ingress { yield &ingress } else { yield &egress }
    }
  }
}

extension PerDirection: Sendable where Value: Sendable {}
extension PerDirection: Equatable where Value: Equatable {}
extension PerDirection: Hashable where Value: Hashable {}
