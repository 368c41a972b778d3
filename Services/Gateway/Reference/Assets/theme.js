// Before the first paint: the theme that was chosen here.
const theme = localStorage.getItem('casebook-theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
