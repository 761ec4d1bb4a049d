import Transport

/// Sends messages of syslog over one connection.
///
/// The protocol has no acknowledgement. Once everything is sent the receiver is told that no more comes and is given a while to end
/// its side, which one does that has read it all; one that breaks off instead, as when it goes away, did not take it for certain, and
/// is sent it again.
struct SyslogExchange {
  let settings: HTTPSettings
  /// For the receiver's end of the connection; one that keeps it open has taken what was sent.
  private static let patience = Duration.seconds(2)

  func send(_ payload: Payload, _ destination: Destination) async throws(ConnectionError) -> Answer {
    let stream = try await OutgoingStream.open(
      host: destination.url.host, port: destination.port, isSecure: destination.isTLS, settings)
    do throws(ConnectionError) {
      try await stream.write(payload.body)
      await stream.finish()
      do throws(ConnectionError) {
        // Syslog says nothing; what comes all the same is passed over.
        for _ in 0..<16 { guard try await stream.read(within: Self.patience) != nil else { break } }
      } catch {
        guard error.kind == .timedOut else { throw error }
      }
    } catch {
      await stream.close()
      throw error
    }
    await stream.close()
    return .taken(known: 0)
  }
}
