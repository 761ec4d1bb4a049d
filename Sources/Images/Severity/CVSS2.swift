/// CVSS 2.0. Source: FIRST, "A Complete Guide to the Common Vulnerability Scoring System, Version 2.0", section 3.2.
enum CVSS2 {
  private static let known = [
    "AV": "L A N", "AC": "H M L", "Au": "M S N", "C": "N P C", "I": "N P C", "A": "N P C", "E": "U POC F H ND",
    "RL": "OF TF W U ND", "RC": "UC UR C ND", "CDP": "N L LM MH H ND", "TD": "N L M H ND", "CR": "L M H ND",
    "IR": "L M H ND", "AR": "L M H ND",
  ]

  static func scores(_ metrics: [String: String]) throws(CVSS.Invalid) -> (Double, Double?, Double?) {
    try CVSS.check(metrics, known, required: ["AV", "AC", "Au", "C", "I", "A"])
    func weight(_ key: String, _ table: [String: Double]) -> Double { table[metrics[key] ?? "ND"] ?? 1 }
    let impacts = ["N": 0, "P": 0.275, "C": 0.660]
    let c = weight("C", impacts)
    let i = weight("I", impacts)
    let a = weight("A", impacts)
    let exploitability =
      20 * weight("AV", ["L": 0.395, "A": 0.646, "N": 1]) * weight("AC", ["H": 0.35, "M": 0.61, "L": 0.71])
      * weight("Au", ["M": 0.45, "S": 0.56, "N": 0.704])
    func base(_ impact: Double) -> Double {
      round1((0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176))
    }
    let score = base(10.41 * (1 - (1 - c) * (1 - i) * (1 - a)))
    let time =
      weight("E", ["U": 0.85, "POC": 0.9, "F": 0.95, "H": 1])
      * weight("RL", ["OF": 0.87, "TF": 0.9, "W": 0.95, "U": 1])
      * weight("RC", ["UC": 0.9, "UR": 0.95, "C": 1])
    func isGiven(_ keys: [String]) -> Bool { keys.contains { metrics[$0].map { $0 != "ND" } ?? false } }
    let temporal = isGiven(["E", "RL", "RC"]) ? round1(score * time) : nil
    var environmental: Double?
    if isGiven(["CDP", "TD", "CR", "IR", "AR"]) {
      let need = ["L": 0.5, "M": 1, "H": 1.51]
      let impact = min(
        10, 10.41 * (1 - (1 - c * weight("CR", need)) * (1 - i * weight("IR", need)) * (1 - a * weight("AR", need))))
      let adjusted = round1(base(impact) * time)
      let damages: [String: Double] = ["N": 0, "L": 0.1, "LM": 0.3, "MH": 0.4, "H": 0.5]
      let damage = damages[metrics["CDP"] ?? "N"] ?? 0
      environmental = round1(
        (adjusted + (10 - adjusted) * damage) * weight("TD", ["N": 0, "L": 0.25, "M": 0.75, "H": 1]))
    }
    return (score, temporal, environmental)
  }

  private static func round1(_ value: Double) -> Double { (value * 10 + 1e-9).rounded(.toNearestOrAwayFromZero) / 10 }
}
