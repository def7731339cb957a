// The chat ends when its visitor says so; only then is the survey shown.
"use strict";

const end = document.getElementById("end");
end.hidden = false;
end.addEventListener("click", () => {
  const ended = document.getElementById("ended");
  end.hidden = true;
  ended.hidden = false;
  document.getElementById("survey").hidden = false;
  ended.focus();
});
