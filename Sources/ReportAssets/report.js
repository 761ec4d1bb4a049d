(function () {
  "use strict";
  var bar = document.querySelector(".filter");
  if (!bar) return;
  bar.hidden = false;
  var words = document.getElementById("words");
  var namespace = document.getElementById("namespace");
  var boxes = Array.from(bar.querySelectorAll("input[type=checkbox]"));
  var sections = Array.from(document.querySelectorAll(".subject")).map(function (section) {
    return {
      node: section,
      namespace: section.dataset.namespace,
      findings: Array.from(section.querySelectorAll(".finding")).map(function (finding) {
        return {
          node: finding,
          severity: finding.classList[1],
          text: (section.querySelector("h2").textContent + " " + finding.textContent).toLowerCase()
        };
      })
    };
  });
  var total = document.querySelectorAll(".finding").length;

  function apply() {
    var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    var severities = new Set(boxes.filter(function (b) { return b.checked; }).map(function (b) { return b.value; }));
    var shown = 0;
    sections.forEach(function (section) {
      var any = false;
      var inNamespace = !namespace.value || section.namespace === namespace.value;
      section.findings.forEach(function (finding) {
        var visible = inNamespace && severities.has(finding.severity) &&
          wanted.every(function (word) { return finding.text.includes(word); });
        finding.node.hidden = !visible;
        if (visible) { any = true; shown += 1; }
      });
      section.node.hidden = !any;
    });
    document.getElementById("shown").textContent = shown + " of " + total;
  }

  words.addEventListener("input", apply);
  namespace.addEventListener("change", apply);
  boxes.forEach(function (box) { box.addEventListener("change", apply); });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".finding").forEach(function (finding) { finding.open = true; });
  });
  apply();
})();
