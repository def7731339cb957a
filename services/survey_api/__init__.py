"""survey_api: surveys, responses from chats, widgets and smiley devices, and the histogram made of them."""
