import Bytes
import Events

extension FuzzTarget {
  static let cluster: [FuzzTarget] = [
    FuzzTarget(name: "events") { _ = EventDecoder.decode($0) },
    FuzzTarget(name: "audit log") { bytes in
      var log = AuditLog()
      log.add(bytes.span)
    },
  ]
}
