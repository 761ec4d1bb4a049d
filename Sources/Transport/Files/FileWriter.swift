package import Findings
import Glibc

/// Writes the files that somebody names, and those that are kept for the next run.
///
/// What is named is written as `open(2)` with `O_TRUNC` shows it to everybody else: links are followed, a device, a pipe and
/// a socket take the bytes and stay what they are, and a file keeps its owner, its rights and its other names. A plain file
/// comes about whole: it is written beside its place and renamed, so that no reader ever sees half of it.
package enum FileWriter {
  /// - Parameter body: gives all bytes, in order.
  /// - Throws: `input` where nothing can be written to the place at all, `remote` where writing failed.
  package static func write(
    _ path: String, _ body: (_ write: ([UInt8]) -> Void) -> Void
  ) throws(BartizanError) {
    do throws(Failure) {
      switch try FilePlace(path).kind {
      case .new(let real): try writeWhole(real, like: nil, body)
      case .plain(let real, let status): try writeWhole(real, like: status, body)
      case .inPlace(let real): try writeInPlace(real, body)
      }
    } catch {
      throw error.explained(path)
    }
  }

  package static func write(_ bytes: [UInt8], to path: String) throws(BartizanError) {
    try write(path) { $0(bytes) }
  }

  /// Puts a whole file in the place of another, which whoever has it open keeps as it was; never in place.
  ///
  /// - Throws: `input` where something else than a plain file stands there.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(BartizanError) {
    do throws(Failure) {
      let place = try FilePlace(path)
      guard let real = place.replaceable else { throw .opening(SystemError(EEXIST)) }
      do throws(SystemError) {
        let file = try AtomicFile(real, mode: 0o666)
        if case .plain(_, let status) = place.kind { try file.copyRights(of: status) }
        try file.write(bytes)
        try file.finish(isDurable: true)
      } catch {
        throw .writing(error)
      }
    } catch {
      throw error.explained(path)
    }
  }

  /// Writes a file that nobody else may read, and makes the folders to it likewise; it replaces what stands there.
  package static func writePrivate(_ bytes: [UInt8], to path: String) throws(BartizanError) {
    do throws(SystemError) {
      FilePaths.makeFolders(FilePaths.folder(of: path), mode: 0o700)
      let file = try AtomicFile(path, mode: 0o600)
      try file.write(bytes)
      try file.finish(isDurable: false)
    } catch {
      throw BartizanError(.remote, "\(path) could not be written: \(error.message)", cause: error)
    }
  }

  /// Writes all bytes to what is open, such as standard output.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw written < 0 ? .last : SystemError(EIO) }
      start += written
    }
  }

  // MARK: Two ways

  enum Failure: Error {
    case opening(SystemError)
    case writing(SystemError)

    func explained(_ path: String) -> BartizanError {
      switch self {
      case .opening(let reason): BartizanError(.input, "\(path): \(reason.message)", cause: reason)
      case .writing(let reason):
        BartizanError(.remote, "\(path) could not be written: \(reason.message)", cause: reason)
      }
    }
  }

  private static func writeWhole(
    _ path: String, like other: stat?, _ body: (([UInt8]) -> Void) -> Void
  ) throws(Failure) {
    // Another owner's file, and a folder in which nothing may be made, leave only the file itself.
    guard let file = try? AtomicFile(path, mode: 0o666) else { return try writeInPlace(path, body) }
    if let other {
      do throws(SystemError) { try file.copyRights(of: other) } catch { return try writeInPlace(path, body) }
    }
    do throws(SystemError) {
      try pour(body, into: .file(file))
      // Writing takes away the bits that let a program run as its owner.
      if let other { try file.copyRights(of: other) }
    } catch {
      throw .writing(error)
    }
    do throws(SystemError) { try file.finish(isDurable: true) } catch {
      // A file that is mounted by itself, as in containers, cannot be renamed over.
      guard error.number == EBUSY || error.number == EXDEV || error.number == EPERM else { throw .writing(error) }
      let descriptor = try opened(path)
      defer { close(descriptor) }
      do throws(SystemError) {
        try file.pieces { piece throws(SystemError) in try write(piece, to: descriptor) }
      } catch {
        throw .writing(error)
      }
    }
  }

  private static func writeInPlace(_ path: String, _ body: (([UInt8]) -> Void) -> Void) throws(Failure) {
    let descriptor = try opened(path)
    var failure: SystemError?
    do throws(SystemError) {
      try pour(body, into: .descriptor(descriptor))
    } catch {
      failure = error
    }
    // A disk may be full only now.
    if close(descriptor) != 0, failure == nil, errno != EINTR { failure = .last }
    if let failure { throw .writing(failure) }
  }

  private static func opened(_ path: String) throws(Failure) -> Int32 {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o666)
    if descriptor >= 0 { return descriptor }
    let reason = SystemError.last
    // A socket that is open already, as standard output may be, cannot be opened by its name.
    if reason.number == ENXIO, let number = FilePlace.openDescriptor(path) {
      let copy = dup(number)
      if copy >= 0 { return copy }
    }
    throw .opening(reason)
  }

  private enum Target {
    case file(AtomicFile)
    case descriptor(Int32)

    func take(_ bytes: [UInt8]) throws(SystemError) {
      switch self {
      case .file(let file): try file.write(bytes)
      case .descriptor(let descriptor): try FileWriter.write(bytes, to: descriptor)
      }
    }
  }

  /// Hands on all pieces, up to the first that cannot be taken.
  private static func pour(_ body: (([UInt8]) -> Void) -> Void, into target: Target) throws(SystemError) {
    var failure: SystemError?
    body { bytes in
      guard failure == nil else { return }
      do throws(SystemError) { try target.take(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
