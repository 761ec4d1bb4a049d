package import Bytes
package import Findings
package import Images

/// What is wrong with a registry, from what it shows and from its own configuration.
///
/// Source: NIST SP 800-190, section 4.2, "Registry countermeasures"; distribution, "Configuring a registry".
package enum RegistryReview {
  package static let points: [ReviewPoint] = [
    ReviewPoint(
      id: "registry-anonymous-pull", title: "Anybody may pull", severity: .medium,
      rationale: "Images hold code, configuration and often credentials; whoever can reach the registry reads them.",
      remediation: "Ask for a login, unless every image is meant for the public."),
    ReviewPoint(
      id: "registry-anonymous-push", title: "Anybody may push", severity: .critical,
      rationale: "Whoever can reach the registry puts their own program where the cluster pulls from.",
      remediation: "Ask for a login, and let only the build push: who pushes decides what runs."),
    ReviewPoint(
      id: "registry-bad-certificate", title: "Certificate that is not trusted", severity: .high,
      rationale: "Clients can tell the registry from an impostor only by its certificate.",
      remediation:
        "Give it a certificate of an authority that its clients trust; who turns verification off trusts anybody."),
    ReviewPoint(
      id: "registry-certificate-ends", title: "Certificate that ends soon", severity: .medium,
      rationale: "When it has ended nobody pulls: what restarts does not start again, or people turn verification off.",
      remediation: "Renew it, and let a program do so from now on (ACME, cert-manager)."),
    ReviewPoint(
      id: "registry-credential-in-configuration", title: "Credential in the configuration", severity: .medium,
      rationale: "Whoever reads the file, a backup or a repository of it has the storage behind the registry.",
      remediation: "Take it from the environment or a mounted Secret (REGISTRY_… variables)."),
    ReviewPoint(
      id: "registry-debug-open", title: "Debug server open to the network", severity: .medium,
      rationale: "It shows profiles and variables of the process, and takes work from anybody.",
      remediation: "Bind http.debug.addr to 127.0.0.1, or leave it out."),
    ReviewPoint(
      id: "registry-default-passwords", title: "Passwords that the registry makes up", severity: .medium,
      rationale:
        "Where the file of passwords is missing the registry makes one, with a password that it writes to its log.",
      remediation: "Make the file with `htpasswd -Bc`, and mount it before the registry starts."),
    ReviewPoint(
      id: "registry-deletion", title: "Images can be deleted", severity: .low,
      rationale: "Who may delete can take away what runs, and what would show an intrusion.",
      remediation:
        "Turn storage.delete.enabled off where nothing needs it, and keep who may delete apart from who may push."),
    ReviewPoint(
      id: "registry-kept-forever", title: "Images that nothing takes away", severity: .low,
      rationale:
        "Old images stay pullable with all that was found in them since, and the store grows until it is full.",
      remediation: "Give the repository a lifecycle or cleanup policy."),
    ReviewPoint(
      id: "registry-listing", title: "Anybody is told what there is", severity: .low,
      rationale: "The list of what there is tells an intruder where to look.",
      remediation: "Ask for a login before the catalogue."),
    ReviewPoint(
      id: "registry-movable-tags", title: "Tags that can be moved", severity: .low,
      rationale: "Who may push may put another program under a name that runs already.",
      remediation: "Make tags of the repository immutable, and deploy by digest."),
    ReviewPoint(
      id: "registry-no-scan", title: "Images that are not scanned when they come", severity: .info,
      rationale: "What is vulnerable in them is found later, or by nobody.",
      remediation: "Turn on scanning at the push, or scan in the pipeline: `bartizan image scan`."),
    ReviewPoint(
      id: "registry-old-tls", title: "Accepts TLS older than 1.2", severity: .medium,
      rationale: "What goes over TLS 1.1 or older can be read and changed by known attacks.",
      remediation: "Set http.tls.minimumtls to tls1.2, or the proxy's own."),
    ReviewPoint(
      id: "registry-open-for-writing", title: "Everybody may change it", severity: .critical,
      rationale: "Everybody decides what the cluster runs.",
      remediation:
        "Take the actions that write away from everybody at once, and look for images that nobody of yours pushed."),
    ReviewPoint(
      id: "registry-open-policy", title: "Policy that is open to everybody", severity: .high,
      rationale: "The policy of the repository allows what it allows to every account of the cloud, or to the world.",
      remediation: "Name the accounts that need it as principals; take \"*\", allUsers and allAuthenticatedUsers away."),
    ReviewPoint(
      id: "registry-public-repository", title: "Repository that the world sees", severity: .low,
      rationale: "Images hold code, configuration and often credentials; whoever looks for them reads them.",
      remediation: "Make it private, unless it is meant for the public."),
    ReviewPoint(
      id: "registry-stale-image", title: "Image that was not built for a year", severity: .low,
      rationale: "What was built long ago lacks every correction since.",
      remediation: "Build it again, or take it away: what nobody builds nobody mends."),
    ReviewPoint(
      id: "registry-tag-moved", title: "Tag that means another image now", severity: .medium,
      rationale: "The same name pulls another program than was tested: by a release, or by an intruder.",
      remediation: "Find out who moved it; let tags of versions be written once, and deploy by digest."),
    ReviewPoint(
      id: "registry-unsigned-image", title: "Image without a signature", severity: .low,
      rationale: "Without a signature nobody can tell who built it, or that it is what was built.",
      remediation: "Sign what the build pushes (cosign, notation), and verify it at admission."),
    ReviewPoint(
      id: "registry-weak-passwords", title: "Passwords kept by a weak hash", severity: .high,
      rationale: "Whoever gets the file finds the passwords in minutes.",
      remediation: "Make the entries anew with bcrypt (`htpasswd -B`)."),
    ReviewPoint(
      id: "registry-without-tls", title: "Without TLS", severity: .critical,
      rationale: "Images and credentials can be read and changed by anybody on the way.",
      remediation: "Give it a certificate (http.tls), or put it behind a proxy that has one."),
  ]

  private static func finding(
    _ id: String, _ message: String, _ subject: String, _ location: Location, path: String, value: String? = nil
  ) -> Finding? {
    guard let point = points.first(where: { $0.id == id }) else { return nil }
    return Finding(
      check: CheckID(id), severity: point.severity, title: point.title, message: message,
      subject: .registry(subject), location: location,
      evidence: [Evidence(path: path, value: value, line: location.line, column: location.column)],
      remediation: point.remediation,
      references: point.references,
      controls: [.nsa("supply-chain")])
  }

  /// - Parameters:
  ///   - before: digests that tags had at an earlier look, by `REPOSITORY:TAG`.
  ///   - today: `YYYY-MM-DD`.
  package static func judge(
    _ seen: RegistryObservation, before: [String: String] = [:], today: String
  ) -> [Finding] {
    let name = seen.registry
    let place = Location(file: name)
    var found: [Finding?] = []
    func add(_ id: String, _ message: String, _ path: String, _ value: String? = nil) {
      found.append(finding(id, message, name, place, path: path, value: value))
    }
    if seen.isPlain {
      add(
        "registry-without-tls", "\(name) speaks HTTP: images and credentials can be changed and read on their way",
        "http")
    }
    if seen.acceptsOldTLS == true { add("registry-old-tls", "\(name) takes up TLS 1.1 or older", "tls") }
    if let trouble = seen.certificateTrouble { add("registry-bad-certificate", trouble, "certificate") }
    if let end = seen.certificateEnds, end < later(today) {
      add(
        "registry-certificate-ends", "its certificate \(end < today ? "ended" : "ends") on \(end)", "certificate", end)
    }
    for repository in seen.repositories {
      let place = "\(name)/\(repository.name)"
      let actions = repository.openActions.joined(separator: ", ")
      if !actions.isEmpty {
        let id = repository.isOpenForWriting ? "registry-open-for-writing" : "registry-open-policy"
        add(id, "everybody may \(actions) in \(place)", place, "everybody")
      }
      if repository.isPublic == true { add("registry-public-repository", "the world sees \(place)", place, "public") }
      if repository.canMoveTags == true {
        add("registry-movable-tags", "tags of \(place) can be moved", place, "mutable")
      }
      if repository.isKeptForever == true {
        add("registry-kept-forever", "nothing takes images of \(place) away", place, "no policy")
      }
      if repository.scansOnPush == false {
        add("registry-no-scan", "what is pushed to \(place) is not scanned", place, "off")
      }
    }
    if seen.answersAnybody { add("registry-anonymous-pull", "\(name) answers without a login", "/v2/", "200") }
    if seen.listsForAnybody {
      add("registry-listing", "\(name) lists its repositories without a login", "/v2/_catalog", "200")
    }
    if seen.takesFromAnybody == true {
      add("registry-anonymous-push", "\(name) begins an upload without a login", "/v2/…/blobs/uploads/", "202")
    }
    if seen.allowsDeletion == true { add("registry-deletion", "\(name) deletes manifests", "DELETE /v2/…/manifests/…") }
    for image in seen.images {
      let reference = "\(image.repository):\(image.tag)"
      if let old = before[reference], old != image.digest {
        add(
          "registry-tag-moved", "\(reference) was \(old.prefix(19))… and is \(image.digest.prefix(19))… now", reference,
          image.digest)
      }
      if image.isSigned == false {
        add("registry-unsigned-image", "nothing signs \(reference)", reference, image.digest)
      }
      // A year earlier has the same day of the year; dates compare as texts.
      if let year = Int(today.prefix(4)), image.created.count >= 10, image.created > "0002",
        String(image.created.prefix(10)) < "\(year - 1)\(today.dropFirst(4))"
      {
        add(
          "registry-stale-image", "\(reference) was built on \(image.created.prefix(10))", reference,
          String(image.created.prefix(10)))
      }
    }
    return found.compactMap { $0 }.sorted(by: Finding.isOrderedBefore)
  }

  /// A day, as a text, about a month after another: enough to renew a certificate.
  private static func later(_ today: String) -> String {
    let parts = today.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return today }
    let (year, month) = parts[1] == 12 ? (parts[0] + 1, 1) : (parts[0], parts[1] + 1)
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(parts[2] < 10 ? "0" : "")\(parts[2])"
  }

  /// From the configuration of a distribution registry.
  ///
  /// - Parameters:
  ///   - passwords: the file that `auth.htpasswd` names, where it could be read.
  package static func judge(configuration: DocumentNode, file: String, passwords: [UInt8]? = nil) -> [Finding] {
    var found: [Finding?] = []
    func add(_ id: String, _ message: String, _ path: String, _ node: DocumentNode?) {
      let node = node ?? configuration
      found.append(
        finding(
          id, message, file, Location(file: file, line: Int(node.line), column: Int(node.column)), path: path))
    }
    let http = configuration["http"]
    let address = http?["addr"]?.string ?? ""
    let isInward = address.hasPrefix("127.") || address.hasPrefix("localhost:") || address.hasPrefix("[::1]")
    let tls = http?["tls"]
    if tls?["certificate"] == nil, tls?["letsencrypt"] == nil, !isInward {
      add(
        "registry-without-tls",
        "http.tls is not set, and \(address.isEmpty ? "it listens on every address" : address + " is open to the network")",
        "http.tls", http)
    }
    if let version = tls?["minimumtls"], ["tls1.0", "tls1.1"].contains(version.string ?? "") {
      add("registry-old-tls", "http.tls.minimumtls is \(version.string ?? "")", "http.tls.minimumtls", version)
    }
    let auth = configuration["auth"]
    if auth == nil || auth?["none"] != nil {
      add("registry-anonymous-push", "auth is not set: anybody who reaches it pulls and pushes", "auth", auth)
    } else if let silly = auth?["silly"] {
      add(
        "registry-anonymous-push", "auth.silly looks at no credentials: anybody who sends some gets in", "auth.silly",
        silly)
    }
    if let list = auth?["htpasswd"], passwords == nil {
      add(
        "registry-default-passwords",
        "\(list["path"]?.string.map { "\($0), the file of passwords, is not there" } ?? "auth.htpasswd names no file")",
        "auth.htpasswd.path", list["path"] ?? list)
    }
    if let list = auth?["htpasswd"], let passwords {
      let weak = String(decoding: passwords, as: UTF8.self).split(whereSeparator: \.isNewline).filter { line in
        guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { return false }
        return !["$2y$", "$2a$", "$2b$"].contains { line[line.index(after: colon)...].hasPrefix($0) }
      }
      if !weak.isEmpty {
        add(
          "registry-weak-passwords", "\(weak.count) of its passwords are not kept with bcrypt", "auth.htpasswd.path",
          list["path"])
      }
    }
    if configuration[path: "storage", "delete", "enabled"]?.bool == true {
      add(
        "registry-deletion", "storage.delete.enabled is on", "storage.delete.enabled",
        configuration[path: "storage", "delete", "enabled"])
    }
    if let debug = http?[path: "debug", "addr"], let text = debug.string, !text.hasPrefix("127."),
      !text.hasPrefix("localhost:")
    {
      add(
        "registry-debug-open", "http.debug.addr is \(text): profiles and metrics for anybody", "http.debug.addr", debug)
    }
    func walk(_ node: DocumentNode, _ path: String, _ depth: Int) {
      guard depth < 32 else { return }
      for entry in node.entries {
        let place = path.isEmpty ? entry.key : path + "." + entry.key
        let names = ["accesskey": "access_key", "secretkey": "secret_key", "accountkey": "account_key"]
        if let value = entry.value.string, place != "http.secret",
          Credential.isCredential(name: names[entry.key] ?? entry.key, value: value)
        {
          add(
            "registry-credential-in-configuration", "\(place) holds a credential (hidden, \(value.count) characters)",
            place, entry.value)
        }
        walk(entry.value, place, depth + 1)
      }
    }
    walk(configuration, "", 0)
    return found.compactMap { $0 }.sorted(by: Finding.isOrderedBefore)
  }
}
