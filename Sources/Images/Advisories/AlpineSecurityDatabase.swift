import Bytes

extension AdvisoryFormat {
  /// What Alpine, Wolfi and Chainguard publish: for each package the versions that fixed something.
  ///
  /// Source: Alpine `secfixes-tracker`, "secdb"; the version `0` stands for vulnerabilities that never were in the package. It knows no
  /// vulnerability that is not fixed yet.
  static let alpineSecurityDatabase = AdvisoryFormat(
    name: "secdb",
    read: { document in
      guard let packages = document["packages"]?.elements, document["urlprefix"] != nil || document["reponame"] != nil
      else { return nil }
      let place = document["urlprefix"]?.string ?? ""
      let ecosystem: String
      if place.contains("wolfi.dev") {
        ecosystem = "Wolfi"
      } else if place.contains("cgr.dev") || place.contains("chainguard") {
        ecosystem = "Chainguard"
      } else {
        guard let release = document["distroversion"]?.text else { return nil }
        ecosystem = "Alpine:" + release
      }
      var found: [Advisory] = []
      for item in packages {
        guard let name = item[path: "pkg", "name"]?.string else { continue }
        for fix in item[path: "pkg", "secfixes"]?.entries ?? [] where fix.key != "0" {
          for text in fix.value.strings {
            // Several names of one vulnerability stand in one text.
            let names = text.split { " ,()+".contains($0) }.map(String.init)
            guard let first = names.first(where: { $0.hasPrefix("CVE-") }) ?? names.first else { continue }
            found.append(
              Advisory(
                id: ecosystem.prefix { $0 != ":" }.uppercased() + "-" + first, aliases: names, summary: "",
                severity: [], published: "", withdrawn: false,
                affected: [
                  Advisory.Affected(
                    ecosystem: Ecosystem(ecosystem), name: name,
                    ranges: [
                      [
                        Advisory.Event(kind: .introduced, version: "0"), Advisory.Event(kind: .fixed, version: fix.key),
                      ]
                    ], versions: [])
                ]))
          }
        }
      }
      return found
    })
}
