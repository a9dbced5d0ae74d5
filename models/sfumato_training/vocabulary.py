"""The English that the starter writer practises on: data only. `lexicon.py` draws from it."""

from __future__ import annotations

THINGS = """fox dragon horse robot owl rabbit bicycle piano teapot violin guitar whale dolphin turtle snail frog bear wolf deer
lion tiger elephant giraffe zebra monkey panda penguin swan duck goose rooster peacock parrot eagle crow bat bee ant spider crab
octopus shark goldfish seahorse snake lizard dinosaur unicorn mermaid witch wizard knight pirate astronaut ballerina clown king
queen princess fairy giant dwarf ghost vampire samurai ninja cowboy sailor farmer baker chef doctor nurse teacher student child
girl boy woman man grandmother grandfather baby couple family crowd musician painter dancer runner skier surfer fisherman
train tram bus truck tractor motorcycle scooter skateboard helicopter airplane submarine canoe kayak ferry yacht zeppelin
bridge tower windmill barn church temple pagoda pyramid statue fountain bench lantern lamp candle clock watch compass map
book letter key lock crown sword shield bow arrow hat scarf coat dress shoe boot glove ring necklace mirror chair table sofa
bed desk shelf vase bowl plate cup mug kettle spoon fork knife bottle jar basket box barrel ladder rope wheel kite
drum trumpet flute harp accordion microscope telescope radio television telephone computer laptop typewriter
apple pear cherry strawberry lemon pumpkin tomato carrot cake cookie pie sandwich pizza burger noodle sushi pancake
rose tulip sunflower lily orchid cactus fern ivy oak pine willow palm bonsai bush hedge leaf acorn pinecone feather shell
snowman scarecrow puppet doll teddy marble dice chess-piece balloon-animal treasure chest crystal diamond planet comet
satellite ufo volcano iceberg waterfall cloud-castle treehouse tent igloo caravan phone-booth mailbox streetlamp hydrant
elf goblin troll phoenix griffin centaur yeti sphinx gargoyle hedgehog squirrel otter beaver badger raccoon skunk moose camel llama
alpaca sheep goat cow pig donkey pony hen chick hamster mouse rat ferret koala kangaroo platypus sloth flamingo pelican heron
stork seagull hummingbird woodpecker dragonfly ladybug caterpillar beetle firefly jellyfish starfish lobster squid
walrus seal narwhal orca salmon trout pike eel shrimp clam oyster coral sponge tadpole newt toad gecko iguana chameleon crocodile
alligator tortoise viper cobra python hyena jackal coyote lynx leopard panther jaguar cheetah cougar gorilla chimpanzee
baboon lemur meerkat mole shrew vole weasel mink marmot chipmunk porcupine armadillo anteater tapir rhino hippo bison buffalo yak
antelope gazelle reindeer elk ram lamb calf foal mule stallion poodle terrier bulldog dachshund beagle collie corgi husky greyhound
canary finch robin wren magpie jay raven falcon hawk vulture condor ostrich emu kiwi turkey quail pheasant partridge dove pigeon
swallow swift cuckoo kingfisher puffin albatross cricket grasshopper locust wasp hornet mosquito fly worm slug scorpion mantis
archer warrior soldier guard monk nun priest pope emperor empress prince duke jester bard poet writer reader scholar scientist
inventor engineer mechanic plumber carpenter blacksmith tailor butcher grocer waiter waitress barista postman policeman fireman
detective spy thief burglar judge lawyer pilot captain driver cyclist swimmer diver climber hiker skater boxer wrestler golfer
gymnast acrobat juggler magician singer drummer violinist pianist guitarist conductor actor actress model photographer sculptor
gardener shepherd hunter trapper miner lumberjack beekeeper weaver potter cook toddler teenager twin bride groom widow beggar hermit
nomad viking gladiator pharaoh geisha cyborg android alien zombie mummy skeleton werewolf demon angel cherub genie ogre cyclops
minotaur hydra kraken basilisk pegasus gnome leprechaun pixie sprite nymph dryad
ambulance taxi limousine van wagon cart carriage sled sleigh snowmobile hovercraft raft gondola dinghy tugboat trawler freighter
tanker cruiser battleship galleon frigate glider biplane jet drone shuttle rover tank bulldozer excavator crane forklift unicycle
tricycle moped rickshaw locomotive trolley monorail cablecar elevator escalator
mansion bungalow hut shack shed stable garage warehouse factory mill brewery winery bakehouse chapel abbey mosque synagogue shrine
pavilion gazebo pergola obelisk arch column dome spire steeple belfry chimney turret drawbridge dungeon moat aqueduct viaduct dam
lighthouse-keeper skyscraper hotel motel hostel inn tavern pub kiosk booth stall
anvil hammer saw drill wrench screwdriver nail screw axe shovel rake hoe scythe sickle plough bucket broom mop brush comb razor
needle thread button zipper ribbon buckle belt purse wallet suitcase backpack briefcase handbag umbrella-stand cane crutch
stool armchair couch cradle crib hammock mattress pillow blanket quilt carpet rug curtain candlestick chandelier fireplace stove
oven fridge toaster blender saucepan skillet ladle tongs whisk sieve funnel thermos teacup saucer goblet chalice tankard pitcher
cello viola banjo ukulele mandolin lute lyre saxophone clarinet oboe bassoon trombone tuba bugle harmonica xylophone tambourine
cymbal gong triangle metronome gramophone jukebox turntable headphone speaker microphone
keyboard printer monitor joystick calculator abacus hourglass sundial barometer thermometer sextant globe atlas scroll parchment
quill inkwell pencil-case notebook diary newspaper magazine postcard stamp envelope parcel trophy medal badge flagpole banner
balloonist marionette yoyo spinning-top rocking-horse seesaw trampoline carousel swing slide sandcastle
banana orange-tree peach plum apricot mango papaya pineapple coconut melon watermelon grape raspberry blueberry blackberry fig
date olive avocado potato onion garlic leek cabbage lettuce spinach broccoli cauliflower pepper chili cucumber zucchini eggplant
radish beet turnip pea bean lentil corn wheat barley rye oat rice bread bagel pretzel croissant muffin cupcake doughnut waffle
biscuit brownie tart pudding jelly icecream popsicle lollipop candy chocolate honey jam cheese butter omelette sausage bacon steak
taco burrito dumpling ravioli lasagna spaghetti soup stew salad
peony poppy daffodil crocus iris violet lavender jasmine lotus dahlia marigold chrysanthemum carnation hyacinth begonia magnolia
hibiscus thistle clover dandelion moss lichen bamboo reed maple birch cedar fir spruce elm ash beech chestnut walnut juniper
cypress redwood baobab mangrove vine shrub bramble seedling sapling trunk root branch twig bark petal bud thorn
boulder pebble geode amethyst ruby sapphire opal pearl amber fossil meteor asteroid stalactite""".split()

ADJECTIVES = """small big tiny huge old young happy sad sleepy angry shiny rusty wooden golden silver glass stone
fluffy furry scaly feathered striped spotted round tall thin fat elegant lonely brave curious ancient modern broken abandoned
haunted magical glowing floating flying smiling laughing crying cute scary beautiful ugly little large
majestic humble colourful transparent metallic soft sharp dusty muddy wet frozen burning melting miniature steampunk
cyberpunk victorian medieval futuristic rainbow pink brown grey turquoise cream beige maroon navy lime teal
gigantic enormous colossal petite slender chubby plump bulky stout skinny lanky short long wide narrow curved crooked twisted
straight flat hollow solid smooth rough bumpy wrinkled cracked chipped torn ragged patched polished gleaming sparkling glittering
shimmering translucent opaque iridescent pearly copper bronze brass iron steel tin leaden marble porcelain ceramic clay paper
cardboard plastic rubber leather woollen silken velvet cotton linen knitted woven embroidered crocheted quilted inflatable
mechanical clockwork electric digital robotic nuclear solar wild tame feral stray shy timid bold fierce gentle kind cruel wicked
noble royal regal proud modest wise foolish clever silly goofy funny serious grumpy cheerful joyful gloomy melancholy dreamy
nervous anxious calm peaceful serene playful mischievous lazy energetic tired exhausted hungry thirsty sick healthy strong weak
muscular fragile delicate sturdy rugged fancy plain simple ornate baroque rustic vintage antique retro ruined crumbling overgrown
mossy leafy flowery thorny prickly hairy bald bearded horned winged masked hooded armoured crowned barefoot blindfolded
one-eyed three-legged two-headed smoky sandy snowy icy crispy juicy ripe rotten fresh stale sweet spicy salty creamy crunchy
invisible ghostly ethereal mystical mythical legendary enchanted cursed blessed sacred holy evil heroic tragic comic
famous forgotten hidden secret lost wandering drifting sinking rolling spinning hovering leaping roaring howling purring barking
pale vivid pastel ruby-red scarlet-winged lemon-yellow mint olive-green khaki charcoal ivory lilac magenta cyan indigo mustard
peach-coloured rose-coloured sky-blue two-toned checkered dotted plaid tiled feathery woolly bushy spiky slimy sticky""".split()

MORE_COLOURS = "pink brown grey turquoise beige teal silver gold lilac magenta maroon navy cream lime khaki cyan indigo mustard".split()

COMPARATIVES = "bigger smaller older younger rounder taller fluffier longer shorter fatter thinner happier sadder larger tinier".split()

# What a thing may do, alone or to another thing.
DOINGS = """sleeping running dancing singing reading swimming flying waving yawning jumping sitting standing walking thinking
fishing cooking knitting juggling meditating skating surfing painting writing smiling waiting hiding dreaming resting crawling
climbing falling stretching sneezing whistling marching praying winking digging gardening hunting sailing""".split()
DOING_TO = """riding|holding|wearing|eating|chasing|carrying|watching|reading|playing|pulling|pushing|hugging|kissing|following|feeding|
painting|looking at|sitting on|standing on|sleeping on|jumping over|leaning on|walking with|talking to|playing with|dancing with|
flying over|balancing on|hiding behind|peeking out of|climbing out of|waiting for|pointing at|guarding|fixing|juggling|drinking from|
listening to|staring at|sitting in|driving|steering|stealing|throwing|catching|kicking|dreaming of|resting on|perched on""".replace(
    "\n", ""
).split("|")
BESIDE = """next to|beside|in front of|behind|under|on top of|near|and|with|above|inside|facing|opposite|alongside|
surrounded by|made of|full of|covered in""".replace("\n", "").split("|")
CARRIERS = """skateboard bicycle horse chair bench leaf branch flower pillow cushion table stool swing sofa mushroom log rock
plate book fence wall stick rope bike scooter camel unicycle carpet cloud barrel box windowsill sunflower lotus""".split()

IN_PLACES = """cave castle cathedral library kitchen garden park valley canyon jungle swamp village town market harbour museum
theatre classroom workshop laboratory bathroom bedroom attic cellar tunnel greenhouse vineyard orchard cornfield
rice-field bamboo-grove lavender-field alley courtyard palace ballroom train-station subway airport stadium arena gym café
restaurant bakery bookshop toyshop office hospital prison cemetery ruin temple monastery desert-town oasis rainforest tundra
lagoon bay cove fjord aquarium snow-globe dream nebula galaxy forest wood meadow field street square city desert
barnyard farmhouse pasture grove thicket glade clearing marsh bog wetland estuary delta ravine gorge basin crater quarry mine
shipyard dockyard marina boathouse lighthouse-room submarine spaceship cockpit hangar garage basement hallway corridor staircase
lobby salon parlour pantry nursery playground schoolyard schoolroom auditorium cinema circus fairground carnival zoo stable barn
barbershop pharmacy supermarket warehouse factory bazaar plaza suburb slum ghetto hamlet fortress dungeon throne-room crypt tomb
sanctuary chapel pagoda teahouse courtroom archive gallery studio observatory planetarium casino tavern saloon diner pizzeria
laundromat sauna spa pool pond puddle well bathtub teacup jar bottle shoebox dollhouse birdcage wheatfield poppy-field""".split()

ON_PLACES = """mountain hill cliff island bridge rooftop balcony terrace beach pier river road highway hillside glacier
farm stage moon planet mountaintop snowfield racetrack riverbank windowsill
dune ridge plateau mesa summit peak slope ledge shore coast sandbank reef dock quay jetty boardwalk promenade pavement sidewalk
crossroads footpath trail runway platform pier-end deck raft iceberg lakeshore dike embankment battlement rampart parapet porch
veranda patio lawn football-pitch tennis-court ski-slope savanna prairie steppe heath moor""".split()

AT_PLACES = """lake river market fair party wedding concert window door gate fountain station bus-stop campfire fireplace bar
harbour crossroads well riverside lakeside waterfront zoo beach edge border""".split()

PLACE_PREPOSITIONS = """over|above|under|near|behind|beside|inside|outside|across|along|among|around|below|beneath|in front of|
next to|close to|in the middle of|at the edge of|at the foot of|on top of|at the end of|on the side of|through""".replace(
    "\n", ""
).split("|")

NAMED_PLACES = """paris tokyo venice london berlin rome cairo moscow sydney lisbon madrid vienna prague budapest athens istanbul
mumbai delhi beijing shanghai seoul kyoto bangkok hanoi singapore jakarta nairobi lagos casablanca marrakesh havana lima bogota
chicago boston seattle texas california alaska hawaii canada mexico brazil peru chile argentina iceland norway sweden finland
denmark scotland ireland england france spain italy greece turkey egypt morocco kenya india china japan mongolia nepal tibet
australia antarctica siberia mars venus jupiter saturn neptune atlantis avalon narnia wonderland amsterdam brussels zurich geneva
oslo stockholm copenhagen helsinki dublin edinburgh barcelona florence naples sicily crete manhattan brooklyn""".split()

OTHER_PLACES = (
    "under water", "under the sea", "in space", "in outer space", "in the mountains", "in the sky", "above the clouds",
    "at the north pole", "at home", "in the countryside", "in the rain forest", "in new york", "under a bridge",
    "behind a waterfall", "between two houses", "on the moon", "in a small room", "in an old library", "on a snowy mountain",
    "in the middle of nowhere", "at the end of the world", "on a busy street", "in a dark alley", "on the water", "in the air",
    "in the jungle", "on a frozen lake", "in a field of tulips", "underground", "outdoors", "indoors", "downtown", "in the alps",
    "in a japanese garden", "in a city street", "on a country road", "in an empty room", "on a cliff by the sea", "at a campsite",
    "on the way to school", "in my garden", "in our kitchen", "in a snowy village", "on a quiet beach", "in tall grass",
    "against a plain background", "in front of a white wall", "in the clouds", "on another planet", "in a sea of flowers",
    "in autumn leaves", "in spring", "in autumn", "in summer", "in the suburbs", "in san francisco", "in cape town", "in los angeles",
)  # fmt: skip

LIGHTS = """dusk dawn twilight sundown moonrise daybreak afternoon morning evening candlelight lamplight firelight starlight
sunlight torchlight snowfall drizzle hail blizzard thunder lightning nightfall moonlight sunshine daylight midday noon midnight
night sunset sunrise fog mist haze rain storm thunderstorm downpour rainstorm sandstorm snowstorm wind gale hurricane
tornado frost eclipse gloaming gaslight limelight spotlight floodlight bonfire""".split()
LIGHT_ADJECTIVES = """foggy stormy sunny rainy misty cloudy snowy windy hazy moonlit sunlit overcast gloomy hot cold frosty wintry
clear bright dark dim humid drizzly starry thundery chilly grey golden""".split()
WEATHERS = "foggy stormy sunny rainy misty cloudy snowy windy hazy overcast gloomy frosty wintry moonlit sunlit starry dark".split()
LIGHT_TIMES = "night morning evening afternoon day dawn dusk weather sky sunset sunrise light".split()
LIGHT_PHRASES = (
    "blue hour", "neon light", "studio light", "soft light", "harsh light", "warm light", "cold light", "backlight",
    "rim light", "full moon", "overcast sky", "early morning", "late afternoon", "bright sunshine", "northern lights",
    "dramatic lighting", "volumetric light", "heavy rain", "light rain", "morning mist", "thick fog", "candle light",
    "red sunset", "purple dusk", "summer light", "winter light", "storm clouds", "moonlit night", "calm weather", "fair weather",
    "calmer weather", "clear sky", "stormy weather", "broad daylight", "first light", "late evening", "dead of night", "magic hour",
    "crescent moon", "falling snow", "summer rain", "street lights", "fairy lights", "low sun", "harsh midday sun",
    "soft morning light", "evening sun", "moody light", "dappled light", "cinematic lighting", "softbox light", "stage light",
    "the light of the moon", "a full moon", "a thunderstorm", "christmas lights", "green neon", "ultraviolet light", "dim lamp light",
)  # fmt: skip

PAINT_STYLES = """gouache impressionism cubism surrealism expressionism pointillism minimalism anime manga ukiyo-e fresco
mosaic charcoal pastel graffiti collage origami claymation lowpoly voxel vaporwave photorealism baroque rococo futurism dadaism
fauvism romanticism realism symbolism bauhaus brutalism steampunk cyberpunk papercut woodblock lithography etching aquatint
silkscreen batik calligraphy chalk crayon airbrush synthwave glitch halftone isometric psychedelic gothic""".split()
STYLE_NOUNS = (
    "woodcut", "linocut", "photograph", "photo", "comic", "cartoon", "mosaic", "ink drawing", "charcoal drawing",
    "pastel drawing", "3d render", "stained glass window", "paper cut", "children's book illustration", "poster",
    "line drawing", "crayon drawing", "acrylic painting", "tapestry", "movie still", "blueprint", "fresco", "engraving",
    "pencil drawing", "pen and ink drawing", "chalk drawing", "comic strip", "storybook illustration", "vector illustration",
    "digital painting", "polaroid", "postcard", "travel poster", "woodblock print", "screen print", "sticker", "tattoo", "logo",
    "pixel art", "clay model", "embroidery", "patchwork", "collage", "caricature", "album cover", "book cover", "fashion sketch",
    "botanical illustration", "technical drawing", "graffiti", "mural", "doodle", "anime drawing", "manga page", "low poly render",
    "felt figure", "lego model", "vintage photo", "black and white photo", "etching", "still life", "renaissance painting",
    "impressionist painting", "cubist painting", "abstract painting", "ink painting", "oil painting", "watercolour", "flat illustration",
)  # fmt: skip
ARTISTS = """monet picasso rembrandt vermeer hokusai klimt dali turner cezanne matisse kandinsky warhol banksy miyazaki disney
caravaggio botticelli bruegel bosch goya renoir degas gauguin seurat munch magritte escher hopper rothko pollock""".split()

CAMERA_WORDS = (
    "bird's-eye view", "aerial view", "from above", "side view", "front view", "from behind", "portrait shot", "full body",
    "macro", "telephoto", "fisheye", "panorama", "long shot", "over the shoulder", "eye level", "dutch angle", "centred",
    "extreme close-up", "medium shot", "top-down view", "from far away", "seen from above", "seen from below", "wide shot",
    "low angle", "high angle", "close-up", "macro shot", "from below", "worm's-eye view", "from the side", "from a distance",
    "through a window", "drone shot", "isometric view", "three-quarter view", "profile view", "point of view shot", "shallow focus",
    "from the front", "zoomed in", "zoomed out", "establishing shot", "tilt-shift", "cowboy shot", "headshot", "ground level",
    "seen from the side", "seen from behind", "in profile", "50mm lens", "wide lens", "from an angle", "from across the street",
)  # fmt: skip

PALETTES = (
    "warm colours", "cold colours", "cool colours", "pastel colours", "bright colours", "muted colours", "earth tones",
    "black and white", "sepia", "monochrome", "neon colours", "autumn colours", "soft colours", "vivid colours",
    "shades of blue", "shades of red", "blue and gold", "pink and teal", "dark colours", "pale colours", "pastels", "greyscale",
    "warm tones", "cool tones", "muted tones", "jewel tones", "spring colours", "winter colours", "shades of green", "shades of grey",
    "only blue and white", "red and black", "purple and orange", "desaturated colours", "faded colours", "candy colours",
    "a warm palette", "a cold palette", "a limited palette", "darker colours", "lighter colours",
    "natural colours", "rich colours", "rainbow colours", "ocean colours", "sunset colours", "two colours only", "high contrast",
    "low contrast", "orange and teal", "warm browns", "icy blues", "dusty pinks", "strong colours", "gentle colours",
)  # fmt: skip

QUALITIES = (
    "high detail", "sharp focus", "highly detailed", "intricate", "high quality", "4k", "masterpiece", "crisp lines", "best quality",
    "ultra detailed", "very detailed", "8k", "fine detail", "sharp", "award winning", "professional", "intricate details", "clean lines",
    "high resolution", "hdr", "polished", "smooth shading",
)  # fmt: skip

UNWANTED = """people text watermark birds clouds trees flowers cars buildings animals stars rain snow grass shadows frame
border signature fog hands faces houses fences wires leaves rocks mountains boats sun moon blur noise waves smoke snowmen bees
bubbles letters words writing logos humans tourists pedestrians bicycles signs windows lamps ropes insects bugs reflections
blurriness grain haze cables poles chimneys bushes mud water fire weapons blood eyes teeth hats glasses frames crowds
children adults dogs cats fish balloons umbrellas toys chairs tables horizon lines dots stripes patterns
watermarks captions numbers distortion glare vignette lens-flare artifacts clutter""".split()
UNWANTED_PHRASES = (
    "people in the background", "extra fingers", "extra legs", "cut off edges", "low quality", "bad anatomy", "out of frame",
    "lens flare", "dark shadows", "ugly hands", "bright colours", "other animals", "power lines", "too many trees", "written text",
)  # fmt: skip

EXTRA_THINGS = (
    "birds", "clouds", "flowers", "stars", "trees", "mountains", "butterflies", "balloons", "fireworks", "snowflakes",
    "bubbles", "lanterns", "a rainbow", "a moon", "a small house", "a fence", "a river", "a cat", "a dog", "mushrooms",
    "leaves", "sparks", "smoke", "a flag", "a lighthouse", "sheep", "a kite", "a bench", "a flock of birds", "wildflowers",
    "a red hat", "a blue scarf", "a long tail", "big wings", "a crown", "smoke from the chimney", "a tree next to it",
    "a boat in the distance", "some rocks", "a few birds", "two birds", "three stars", "a little dog beside it", "green eyes",
    "a black umbrella", "glasses", "a bow tie", "a wooden door", "round windows", "a pond", "a campfire", "seagulls", "bees",
    "a path", "a swing", "a picnic basket", "a bird on top", "falling leaves", "confetti", "a castle behind it", "a bridge",
    "a yellow moon", "many candles", "a balloon in its hand", "a fish in its mouth", "a cup of tea", "a stack of books",
)  # fmt: skip
WORN = "hat scarf crown coat dress cape bow tie helmet mask sweater jacket glasses apron backpack necklace top-hat cap".split()
