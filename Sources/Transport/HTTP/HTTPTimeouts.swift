/// How long a server is waited for. Every wait has a bound.
package struct HTTPTimeouts: Sendable, Hashable {
  /// Until the name is known, the connection stands, a proxy has let us through and TLS has begun.
  package var connect = Duration.seconds(10)
  /// Without a byte.
  package var idle = Duration.seconds(30)
  /// Until the head of an answer.
  package var answer = Duration.seconds(120)
  /// For the whole of a body that is kept in memory; one that drips is never idle.
  package var body = Duration.seconds(120)
  /// For the whole of a body that is read as it comes.
  package var stream = Duration.seconds(2 * 3600)
  /// Bytes a second that a body which is read as it comes must have on the average, once a minute is over.
  package var slowestRate = 4096

  package init() {}
}

extension Duration {
  /// Whole seconds, for messages.
  var seconds: Int64 { components.seconds }
}
