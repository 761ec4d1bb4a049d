import Bytes

/// Statements in the Common Security Advisory Framework.
///
/// Source: OASIS CSAF 2.0, profile "VEX": a tree of products, and for each vulnerability the products of each status.
enum CSAF {
  /// Deepest nesting of products that is followed.
  private static let maximumDepth = 32

  static func isCSAF(_ document: DocumentNode) -> Bool {
    document[path: "document", "csaf_version"]?.string?.hasPrefix("2.") == true
  }

  static func read(_ document: DocumentNode, _ reading: inout VEX.Reading) {
    let tree = Tree(document["product_tree"])
    let time = document[path: "document", "tracking", "current_release_date"]?.string.flatMap { Timestamp($0) }
    for (index, item) in (document["vulnerabilities"]?.elements ?? []).enumerated() {
      guard let status = item["product_status"] else { continue }
      let names =
        [item["cve"]?.string].compactMap { $0 } + (item["ids"]?.elements ?? []).compactMap { $0["text"]?.string }
      func ids(_ keys: String...) -> [String] { keys.flatMap { status[$0]?.strings ?? [] } }
      let affected = ids("known_affected", "first_affected", "last_affected")
      // One component on several platforms: where it is affected on one, or was until it was fixed, the same name says
      // nothing of it elsewhere.
      let others = (affected + ids("under_investigation", "fixed", "first_fixed")).flatMap {
        (tree.products[$0] ?? []).flatMap(\.component.purls)
      }
      let (open, openNames) = (Set(others.map(bare)), Set(others.map(name)))
      let reasons = Reasons(item, tree.groups)
      func add(_ list: [String], _ word: String, _ isMeant: (PackageURL) -> Bool) {
        for id in list {
          reading.count += 1
          let all = tree.products[id] ?? []
          let own = all.filter { product in product.component.purls.allSatisfy(isMeant) }
          guard !own.isEmpty else {
            if all.isEmpty, word == "not_affected" || word == "fixed" {
              reading.note(index + 1, names, .unidentified(tree.titles[id] ?? id))
            }
            continue
          }
          let (reason, obstacle) = word == "not_affected" ? reasons.of(id) : ("", nil)
          reading.add(
            index + 1, names, word, reason, own.map { VEX.Target(product: $0.platform, part: $0.component) }.map(whole),
            time, obstacle: obstacle)
        }
      }
      add(ids("known_not_affected"), "not_affected") { purl in
        purl.version == nil ? !openNames.contains(name(purl)) : !open.contains(bare(purl))
      }
      // What is fixed is a version; without one the statement holds for none.
      add(ids("fixed", "first_fixed"), "fixed") { _ in true }
      add(affected, "affected") { _ in true }
      add(ids("under_investigation"), "under_investigation") { _ in true }
    }
  }

  /// What stands for itself is the product.
  private static func whole(_ target: VEX.Target) -> VEX.Target {
    guard target.product == nil, let component = target.part else { return target }
    return VEX.Target(product: .component(component), part: nil)
  }

  private static func name(_ purl: PackageURL) -> String { "\(purl.type)/\(purl.namespace ?? "")/\(purl.name)" }

  private static func bare(_ purl: PackageURL) -> String { "\(name(purl))@\(purl.version ?? "")" }

  /// Why products are not affected: a flag, or a threat of the category `impact`, of a product or of a group of them.
  ///
  /// Source: CSAF 2.0, 6.1.27.9 "Impact Statement"; 3.2.3.5 "Flags", 3.2.3.14 "Threats".
  private struct Reasons {
    private var flags: [String: String] = [:]
    private var impacts: [String: String] = [:]
    /// Of the vulnerability in whatever product.
    private var impact: String?

    init(_ item: DocumentNode, _ groups: [String: [String]]) {
      func products(_ node: DocumentNode) -> [String] {
        (node["product_ids"]?.strings ?? []) + (node["group_ids"]?.strings ?? []).flatMap { groups[$0] ?? [] }
      }
      for flag in item["flags"]?.elements ?? [] {
        for id in products(flag) { flags[id] = flag["label"]?.string }
      }
      for threat in item["threats"]?.elements ?? [] where threat["category"]?.string == "impact" {
        if threat["product_ids"] == nil, threat["group_ids"] == nil { impact = impact ?? threat["details"]?.string }
        for id in products(threat) { impacts[id] = impacts[id] ?? threat["details"]?.string }
      }
    }

    func of(_ id: String) -> (String, VEX.Obstacle?) {
      let (text, obstacle) = VEX.reason(flags[id], impacts[id] ?? impact)
      return (text, obstacle)
    }
  }

  /// A component, and what it is a part of where it is told with that.
  private struct Product {
    var component: VEXComponent
    var platform: VEX.Target.Product?
  }

  /// The products of a document by their ids; a part of a platform by the id of both.
  private struct Tree {
    private(set) var products: [String: [Product]] = [:]
    private(set) var groups: [String: [String]] = [:]
    /// Names of products, for people.
    private(set) var titles: [String: String] = [:]
    private var platforms: [String: VEX.Target.Product] = [:]

    init(_ tree: DocumentNode?) {
      walk(tree?["branches"], nil, 0)
      for product in tree?["full_product_names"]?.elements ?? [] { add(product) }
      for relation in tree?["relationships"]?.elements ?? [] {
        let product = relation["full_product_name"]
        // What is no product of the document is no platform that anything could be on.
        let platform = relation["relates_to_product_reference"]?.string.map { id in
          platforms[id] ?? .component(Self.named(titles[id] ?? id))
        }
        guard let id = product?["product_id"]?.string else { continue }
        titles[id] = product?["name"]?.string
        if let component = Self.component(product, nil) {
          products[id, default: []].append(Product(component: component, platform: platform))
        } else if let part = relation["product_reference"]?.string, let own = products[part] {
          products[id] = own.map { Product(component: $0.component, platform: platform) }
        }
      }
      for group in tree?["product_groups"]?.elements ?? [] {
        if let id = group["group_id"]?.string { groups[id] = group["product_ids"]?.strings ?? [] }
      }
    }

    private static func named(_ name: String) -> VEXComponent {
      var component = VEXComponent()
      component.add(name: name)
      return component
    }

    /// - Parameter version: what the branches above say of it.
    private mutating func walk(_ branches: DocumentNode?, _ version: VEXComponent.Version?, _ depth: Int) {
      guard depth < maximumDepth else { return }
      for branch in branches?.elements ?? [] {
        var own = version
        switch branch["category"]?.string {
        case "product_version": own = branch["name"]?.string.map { VEXComponent.Version(version: $0) }
        case "product_version_range": own = branch["name"]?.string.map { VEXComponent.Version(range: $0) }
        default: break
        }
        add(branch["product"], own)
        walk(branch["branches"], own, depth + 1)
      }
    }

    private mutating func add(_ product: DocumentNode?, _ version: VEXComponent.Version? = nil) {
      guard let id = product?["product_id"]?.string else { return }
      titles[id] = product?["name"]?.string
      if let component = Self.component(product, version) {
        products[id, default: []].append(Product(component: component))
        platforms[id] = .component(component)
      } else if let cpe = product?[path: "product_identification_helper", "cpe"]?.string, let release = release(cpe) {
        platforms[id] = .release(release)
      } else if let name = product?["name"]?.string {
        platforms[id] = .component(Self.named(name))
      }
    }

    /// Nil for what no package URL names.
    private static func component(_ product: DocumentNode?, _ version: VEXComponent.Version?) -> VEXComponent? {
      let helper = product?["product_identification_helper"]
      guard let text = helper?["purl"]?.string, let purl = try? PackageURL(text) else { return nil }
      var component = VEXComponent(purl: purl)
      if let cpe = helper?["cpe"]?.string { component.add(name: cpe) }
      // That of a package is not that of what it was installed as.
      if ["oci", "docker"].contains(purl.type) {
        for hash in (helper?["hashes"]?.elements ?? []).flatMap({ $0["file_hashes"]?.elements ?? [] })
        where hash["algorithm"]?.string?.lowercased() == "sha256" {
          if let sum = hash["value"]?.string { component.digests.insert("sha256:" + sum.lowercased()) }
        }
      }
      // Beside a version in the name, a branch of one version is called as people call it.
      if let version, version.isRange || purl.version == nil { component.versions = [version] }
      return component
    }
  }

  /// The release of a distribution that a CPE means; one of another vendor's product is by its own name, which no package has.
  ///
  /// Source: Red Hat's and SUSE's lists of CPE names: `cpe:/o:redhat:enterprise_linux:9::baseos`, `cpe:/o:suse:sles:15:sp5`.
  private static func release(_ cpe: String) -> Ecosystem? {
    let isOld = cpe.hasPrefix("cpe:/")
    guard isOld || cpe.hasPrefix("cpe:2.3:") else { return nil }
    let parts = cpe.dropFirst(isOld ? 5 : 8).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3 else { return nil }
    switch parts[1] {
    case "redhat": return Ecosystem("Red Hat:" + parts[2...].filter { $0 != "*" }.joined(separator: ":"))
    case "suse" where ["sles", "sles_sap", "sled"].contains(parts[2]) && parts.count > 3:
      let pack = parts.count > 4 && parts[4].hasPrefix("sp") ? "." + parts[4].dropFirst(2) : ""
      return OperatingSystem(namespace: "suse", distro: "\(parts[2])-\(parts[3])\(pack)")?.ecosystem
    default: return Ecosystem(cpe)
    }
  }
}
