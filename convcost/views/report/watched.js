const said = document.querySelector("pre");
const frame = document.querySelector("iframe");

function tell(text, isWrong) {
  said.textContent = text;
  said.classList.toggle("wrong", isWrong);
}

function show(page) {
  const at = frame.contentWindow.scrollY;
  frame.onload = () => {
    frame.onload = null;
    if (at) frame.contentWindow.scrollTo({ top: at, behavior: "instant" });
  };
  frame.contentWindow.location.replace(page);
}

const states = new EventSource("states");
states.onmessage = ({ data }) => {
  const state = JSON.parse(data);
  tell(state.said, state.wrong);
  if (!state.wrong) show(new URL("page", location).href);
};
states.onerror = () => tell("convcost watch has ended; this is what it saw last", true);
