/// CVSS 3.0 and 3.1. Source: FIRST, "Common Vulnerability Scoring System v3.1: Specification Document", section 7 and
/// appendix A (round-up by integers), and the document of 3.0.
enum CVSS3 {
  private static let known: [String: String] = {
    var table = [
      "AV": "N A L P", "AC": "L H", "PR": "N L H", "UI": "N R", "S": "U C", "C": "H L N", "I": "H L N", "A": "H L N",
      "E": "X U P F H", "RL": "X O T W U", "RC": "X U R C", "CR": "X L M H", "IR": "X L M H", "AR": "X L M H",
    ]
    for key in ["AV", "AC", "PR", "UI", "S", "C", "I", "A"] { table["M" + key] = "X " + (table[key] ?? "") }
    return table
  }()

  static func scores(_ metrics: [String: String], isCorrected: Bool) throws(CVSS.Invalid) -> (Double, Double?, Double?)
  {
    try CVSS.check(metrics, known, required: ["AV", "AC", "PR", "UI", "S", "C", "I", "A"])
    /// A modified metric, or the one of the base.
    func value(_ key: String, _ isModified: Bool) -> String {
      if isModified, let own = metrics["M" + key], own != "X" { return own }
      return metrics[key] ?? "X"
    }
    func weight(_ key: String, _ table: [String: Double], _ isModified: Bool = false) -> Double {
      table[value(key, isModified)] ?? 1
    }
    let impacts = ["H": 0.56, "L": 0.22, "N": 0]
    func exploitability(_ isModified: Bool) -> Double {
      let changed = value("S", isModified) == "C"
      return 8.22 * weight("AV", ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2], isModified)
        * weight("AC", ["L": 0.77, "H": 0.44], isModified)
        * weight("PR", ["N": 0.85, "L": changed ? 0.68 : 0.62, "H": changed ? 0.5 : 0.27], isModified)
        * weight("UI", ["N": 0.85, "R": 0.62], isModified)
    }
    func up(_ value: Double) -> Double {
      if !isCorrected { return (value * 10).rounded(.up) / 10 }
      let whole = Int((value * 100_000).rounded(.toNearestOrAwayFromZero))
      return whole % 10_000 == 0 ? Double(whole) / 100_000 : Double(whole / 10_000 + 1) / 10
    }
    func total(_ impact: Double, _ exploitability: Double, _ isChanged: Bool) -> Double {
      impact <= 0 ? 0 : min(10, (isChanged ? 1.08 : 1) * (impact + exploitability))
    }
    let iss = 1 - (1 - weight("C", impacts)) * (1 - weight("I", impacts)) * (1 - weight("A", impacts))
    let isChanged = value("S", false) == "C"
    let impact = isChanged ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss
    let base = up(total(impact, exploitability(false), isChanged))
    let time =
      weight("E", ["H": 1, "F": 0.97, "P": 0.94, "U": 0.91]) * weight("RL", ["U": 1, "W": 0.97, "T": 0.96, "O": 0.95])
      * weight("RC", ["C": 1, "R": 0.96, "U": 0.92])
    let need = ["H": 1.5, "M": 1, "L": 0.5]
    let miss = min(
      1
        - (1 - weight("C", impacts, true) * weight("CR", need)) * (1 - weight("I", impacts, true) * weight("IR", need))
          * (1 - weight("A", impacts, true) * weight("AR", need)),
      0.915)
    let isModifiedChanged = value("S", true) == "C"
    let modified: Double
    if isModifiedChanged {
      modified =
        isCorrected
        ? 7.52 * (miss - 0.029) - 3.25 * power(miss * 0.9731 - 0.02, 13)
        : 7.52 * (miss - 0.029) - 3.25 * power(miss - 0.02, 15)
    } else {
      modified = 6.42 * miss
    }
    let environmental = up(up(total(modified, exploitability(true), isModifiedChanged)) * time)
    return (base, up(base * time), environmental)
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { result, _ in result * base }
  }
}
