#include "ReportAssets.h"

static const unsigned char css[] = {
#embed "report.css"
};
static const unsigned char js[] = {
#embed "report.js"
};

const unsigned char *bartizan_report_css(void) { return css; }
size_t bartizan_report_css_size(void) { return sizeof css; }
const unsigned char *bartizan_report_js(void) { return js; }
size_t bartizan_report_js_size(void) { return sizeof js; }
