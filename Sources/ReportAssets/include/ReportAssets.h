#ifndef BARTIZAN_REPORT_ASSETS_H
#define BARTIZAN_REPORT_ASSETS_H
#include <stddef.h>

const unsigned char *bartizan_report_css(void);
size_t bartizan_report_css_size(void);
const unsigned char *bartizan_report_js(void);
size_t bartizan_report_js_size(void);

#endif
