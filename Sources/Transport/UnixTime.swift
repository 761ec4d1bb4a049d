import Glibc

/// The clock of this machine.
package enum UnixTime {
  /// Seconds since 1970-01-01T00:00:00Z.
  package static var now: Int { time(nil) }
}
