import Bytes
import Findings
package import Images
import Transport

/// Reading of an unpacked file system or of a folder of sources, here or in a process of its own.
package enum FolderReading {
  /// What a folder holds, and what in it could not be read.
  struct Outcome {
    var facts = LayerFacts()
    var problems: [Problem] = []
  }

  /// - Throws: where the folder has nothing in it, or its reader did not come to an end.
  static func read(_ root: String, _ options: ImageSource.Options) throws(BartizanError) -> Outcome {
    guard FilePaths.names(in: root)?.isEmpty != true else {
      throw BartizanError(.input, "\(root): an empty folder; neither an image nor the root of a file system")
    }
    guard let isolation = options.isolation else {
      return outcome(of: root, options.readsSecrets ? options.secretScanner : nil, options.limits)
    }
    let message = try isolation.answer("--folder=" + root, secrets: options.readsSecrets)
    guard let outcome = Outcome(message: message) else { throw LayerIsolation.noAnswer }
    return outcome
  }

  /// For the process that asked, what a folder holds.
  ///
  /// - Parameter scanner: what finds credentials; nil where none are looked for.
  package static func message(of root: String, _ scanner: SecretScanner?) -> [UInt8] {
    outcome(of: root, scanner, .standard).message
  }

  private static func outcome(of root: String, _ scanner: SecretScanner?, _ limits: Limits) -> Outcome {
    var outcome = Outcome()
    if scanner != nil { outcome.facts.secrets = [] }
    read(root, "", &outcome.facts, &outcome.problems, scanner, limits, depth: 0)
    readIncluded(root, &outcome, limits)
    return outcome
  }

  /// Most files of one folder that are read since lists of requirements include them.
  private static let maximumIncluded = 500

  /// Reads what lists of requirements include and has no name that says what it is; what is not there, or is reached over a link
  /// that leads out of the folder, stays told as not read.
  private static func readIncluded(_ root: String, _ outcome: inout Outcome, _ limits: Limits) {
    guard let top = FilePaths.real(root) else { return }
    var known = Set(outcome.facts.files.map(\.path))
    var open = outcome.facts.files.flatMap(\.includes)
    var count = 0
    while let path = open.popLast(), count < maximumIncluded {
      guard known.insert(path).inserted, let real = FilePaths.real(root + "/" + path),
        FilePaths.isWithin(real, top), FileStatus(real, followsLinks: false)?.kind == .file
      else { continue }
      count += 1
      do throws(BartizanError) {
        let file = FileFacts.readIncluded(try FileReader.read(real, limits: limits), path, &outcome.facts)
        open += file.includes
        outcome.facts.files.append(file)
      } catch {
        outcome.problems.append(
          Problem(code: "unreadable", location: Location(file: root + "/" + path), message: error.message))
      }
    }
  }

  private static func read(
    _ root: String, _ relative: String, _ facts: inout LayerFacts, _ problems: inout [Problem],
    _ scanner: SecretScanner?, _ limits: Limits, depth: Int
  ) {
    let folder = relative.isEmpty ? root : root + "/" + relative
    guard depth <= limits.directoryDepth else {
      problems.append(
        Problem(
          code: "unreadable", location: Location(file: folder),
          message: "nested deeper than \(limits.directoryDepth) folders; what is in it was not read"))
      return
    }
    guard let names = FilePaths.names(in: folder) else {
      problems.append(
        Problem(code: "unreadable", location: Location(file: folder), message: FileReader.lastError()))
      return
    }
    for name in names {
      let path = relative.isEmpty ? name : relative + "/" + name
      guard let status = FileStatus(root + "/" + path, followsLinks: false) else {
        problems.append(
          Problem(
            code: "unreadable", location: Location(file: root + "/" + path), message: FileReader.lastError()))
        continue
      }
      switch status.kind {
      case .folder:
        // What the kernel shows of itself is no part of a file system that somebody built.
        if path == "proc" || path == "sys", status.identity.first != FileStatus(root)?.identity.first { continue }
        facts.note(path, mode: status.mode, isFolder: true)
        read(root, path, &facts, &problems, scanner, limits, depth: depth + 1)
      case .file:
        facts.note(path, mode: status.mode, isFolder: false)
        facts.note(path, size: status.size)
        let isProgram = isProgram(root + "/" + path)
        let isRead = FileFacts.wants(path) || isProgram
        let searcher = SecretScanner.wants(path) ? scanner : nil
        if scanner != nil, isProgram || searcher == nil { facts.skip(isProgram ? .program : .packaged) }
        guard isRead || searcher != nil else { continue }
        do throws(BartizanError) {
          guard isRead || status.size <= limits.secretBytes else {
            if let searcher { try search(root, path, searcher, limits, &facts) }
            continue
          }
          let bytes = try FileReader.read(root + "/" + path, limits: limits)
          if isRead {
            let file = FileFacts.read(bytes, path, &facts)
            facts.files.append(file)
          }
          if let searcher, !isProgram {
            let search = SecretSearch(path: path, searcher, limits)
            search.search(bytes)
            facts.take(search, path)
          }
        } catch {
          problems.append(
            Problem(code: "unreadable", location: Location(file: root + "/" + path), message: error.message))
        }
      case .link: follow(root, path, &facts, &problems, limits)
      case .special: continue
      }
    }
  }

  /// Reads what a link leads to, where that lies in the folder and is not read by its own name; what lies elsewhere on this machine is
  /// not what was to be scanned, and that is said of what would have been read, and of folders.
  private static func follow(
    _ root: String, _ path: String, _ facts: inout LayerFacts, _ problems: inout [Problem], _ limits: Limits
  ) {
    let place = root + "/" + path
    guard let target = FilePaths.linkTarget(place), let top = FilePaths.real(root) else { return }
    // Within an unpacked file system an absolute link is meant from its root.
    let isSystem = OperatingSystem.paths.contains { FilePaths.exists(root + "/" + $0) }
    if target.hasPrefix("/"), isSystem || FilePaths.exists(root + target) { return }
    let isWanted = FileFacts.wants(path)
    guard let real = FilePaths.real(place) else {
      if isWanted, !isSystem {
        problems.append(
          Problem(
            code: "unreadable", location: Location(file: place),
            message: "a link to \(target), where nothing is; what it stands for was not read"))
      }
      return
    }
    let isFolder = FilePaths.isFolder(real)
    if FilePaths.isWithin(real, top) {
      let own = String(real.dropFirst(top == "/" ? 1 : top.count + 1))
      guard isWanted, !isFolder, !FileFacts.wants(own) else { return }
      do throws(BartizanError) {
        let file = FileFacts.read(try FileReader.read(real, limits: limits), path, &facts)
        facts.files.append(file)
      } catch {
        problems.append(Problem(code: "unreadable", location: Location(file: place), message: error.message))
      }
      return
    }
    // A file system that was unpacked somewhere has links to what only its own machine has.
    guard isWanted || isFolder && !isSystem else { return }
    problems.append(
      Problem(
        code: "unreadable", location: Location(file: place),
        message: "a link that leads out of the folder, to \(target); what is there was not read"))
  }

  /// Looks into a file that is too large to be held.
  private static func search(
    _ root: String, _ path: String, _ scanner: SecretScanner, _ limits: Limits, _ facts: inout LayerFacts
  ) throws(BartizanError) {
    let file = try FilePart(root + "/" + path)
    let search = SecretSearch(path: path, scanner, limits)
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let count = try file.read(&buffer, at: offset)
      guard count > 0, search.feed(buffer.span.bytes.extracting(0..<count)) else { break }
      offset += count
    }
    search.finish()
    facts.take(search, path)
  }

  private static func isProgram(_ path: String) -> Bool {
    var head = [UInt8](repeating: 0, count: 4)
    guard let file = try? FileStream(found: path), let count = try? file.read(&head) else { return false }
    return count == 4 && PackageExtractors.isProgram(head)
  }
}

/// A line of JSON with the problems, and the facts.
extension FolderReading.Outcome {
  var message: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.key("problems")
      writer.array(of: problems) { writer, problem in
        writer.array { writer in
          for text in [problem.code.rawValue, problem.location.file, problem.message] { writer.value(text) }
        }
      }
    }
    return writer.bytes + [0x0A] + facts.json
  }

  init?(message: [UInt8]) {
    guard let end = message.firstIndex(of: 0x0A), let head = try? JSONReader.read(Array(message[..<end])),
      let list = head["problems"]?.elements, let facts = LayerFacts(json: Array(message[(end + 1)...]))
    else { return nil }
    self.facts = facts
    problems = list.compactMap { item in
      let words = item.strings
      guard words.count == 3 else { return nil }
      return Problem(code: .init(rawValue: words[0]), location: Location(file: words[1]), message: words[2])
    }
  }
}
