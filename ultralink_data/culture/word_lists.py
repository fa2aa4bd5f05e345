"""Words of the seven criteria, of many regions and religions; `keywords` makes patterns of them.

A word is listed where it hardly means anything else in English: "Turkey", "Georgia", "Jordan",
"Java", "Lent", "Holly" are not. Names are matched with their case; each list is one word a blank.
"""

GIVEN_NAMES = """
Aarav Aaron Abbas Abdul Abdullah Abebe Abena Abigail Abraham Achieng Adaeze Adam Aditya Agnieszka
Agus Ahmed Ahmet Aino Aisha Aissatou Akio Akira Akosua Alan Albert Alejandra Alejandro Aleksandr
Aleksi Alexander Alexei Alfred Ali Alice Aliou Alistair Aliyu Amanda Amara Amartya Amina Aminata
Amit Amitabh Amrita Amy Amélie Ana Anand Ananya Anastasia Anatoly Andrea Andreea Andrei Andrew
Andrzej Andrés Andy Angela Anil Anjali Ankit Anna Anne Annie Anthony Anton Antonio Anwar Arjun
Aroha Arthur Arundhati Aryan Asif Astrid Ayesha Ayodele Ayumi Ayşe Babatunde Barack Barbara Bashir
Beatriz Benazir Benjamin Bernard Bernie Bilal Björn Bob Boris Brandon Brian Bruce Budi Camila Carl
Carlos Carmen Carol Caroline Catalina Catherine Charles Charlotte Cheikh Chidi Chidinma Chimamanda
Chinua Chloé Chris Christina Christopher Claire Clark Claude Daisuke Daniel Dariush David Deborah
Deepak Deepika Dennis Desmond Dewi Diego Dilip Dimitar Dimitris Dmitri Dmitry Donald Donna Dorothy
Douglas Dragan Duc Edgar Edward Eino Ekaterina Eleanor Eleni Elif Elizabeth Elon Emeka Emily Emine
Emma Emre Enrique Eric Erich Ernest Esteban Ethan Eugene Evelyn Faisal Farhan Farid Fatima Fatma
Fatou Felipe Fernando Fidel Fiona Folake Francis François Françoise Frederick Friedrich Frédéric
Fyodor Gabriel Gabriela Gamal Gary Gaurav Geneviève George Georgi Gerald Gintaras Giorgos Giovanni
Giuseppe Goran Greg Gregory Guadalupe Guillermo Gunnar Gurpreet Gustavo Günther Hakan Hamza Hannah
Hans Harold Harpreet Harry Haruki Hasan Hassan Hayao Heather Heinrich Helen Henry Hideo Hiroki
Hiroshi Howard Huong Hussein Hélène Ian Ibrahim Ibrahima Ifeoma Ignacio Igor Imran Indira Ingrid
Inês Ioana Irina Isaac Isabella Ishika Ismail István Ivan Ivana Jacob Jacqueline Jakub Jamal James
Jane Janet Jason Javed Javier Jawaharlal Jean Jeff Jeffrey Jelena Jennifer Jeremy Jerry Jessica Jim
Jiří Joan Joaquin Joaquín Joe Johann John Johnny Joko Jomo Jonathan Jorge Jose Joseph Joshua José
João Juan Judith Julia Julian Julie Justin Jörg Jürgen Kamala Kamau Kaoru Kareem Karen Kari Karim
Karl Katarzyna Kate Katherine Kathleen Kavita Kavya Kazuo Keanu Keith Kelly Kemal Kenji Kenneth
Kenzo Kevin Khadija Khaled Khalid Kim Kimberly Kiran Kofi Kostas Krzysztof Kwabena Kwame Kwesi Kyle
Lakshmi Larry Lars Lata Laura Lauren Lautaro Lawrence Layla Leila Leilani Leonard Leonardo Lev
Linda Lindiwe Linh Lionel Lisa Ljubica Louis Louise Luca Lucas Lucy Lucía Ludwig Luis Luke Lula
László Madison Magnus Mahatma Mahmoud Mahmud Mahsa Malala Mamadou Manish Manmohan Manpreet Mansoor
Manuel Marco Marcus Margaret Maria Mariam Mariana Marie Marilyn Mario Martha Martin Martín Mary
María Masako Matteo Matthew Małgorzata Meera Megan Mehmet Melissa Michael Michelle Miguel Mihai
Mike Mikhail Mikko Milica Minh Miyamoto Mohamad Mohamed Mohammad Mohammed Mohan Moussa Muhammad
Murat Mustafa Nadia Naguib Nancy Naoko Naomi Napoleon Narendra Nasrin Natalia Natalie Nathan
Nattapong Neha Nelson Ngozi Ngugi Nguyen Nguyễn Ngũgĩ Ngọc Nicholas Nicole Nicolás Nikhil Nikita
Nikola Nikolai Nils Nkechi Nomvula Noriko Nursultan Nusrat Oksana Oleksandr Olga Oliver Olivia Olof
Oluwaseun Omar Ondřej Orhan Oscar Otieno Ousmane Pablo Pamela Patricia Patrick Paul Paulo Pavel
Paweł Pedro Pekka Peter Pham Philip Phillip Phạm Piotr Pooja Prakash Pranab Priya Priyanka Putri
Rabindranath Rachel Radu Rafael Rahul Raj Rajesh Rajiv Rakesh Ralph Ramesh Ramón Rashid Ravi
Raymond Raúl Rebecca Recep René Renée Reza Richard Robert Roberto Rodrigo Roger Rohit Rokia Ronald
Roy Russell Rustam Ryan Sachin Saddam Sadio Sakura Salman Salvador Samantha Samir Samuel Sandra
Sanjay Sanjeev Sarah Satoshi Satyajit Scott Sean Sebastián Sergei Sergio Sharon Shigeru Shinzo
Shirin Shivani Shreya Siddharth Sigmund Sigrid Simon Sipho Siti Slobodan Sofia Sofía Somchai Sophia
Sophie Stefan Stephanie Stephen Steve Steven Subhas Sunil Suresh Susan Sven Svetlana Søren Tafadzwa
Takeshi Taras Tariq Tatiana Taylor Tendai Teresa Tewodros Thabo Theodore Theresa Thiago Thich
Thomas Thuy Tim Timothy Tom Tomasz Tomáš Tony Tran Trần Tuan Tunde Usman Valentina Venkatesh Vijay
Vikram Vincent Virat Vivek Vladimir Volodymyr Väinö Walter Wangari Wanjiru Warren Wayne William
Winston Wojciech Wole Wolfgang Xavier Ximena Yannis Yasir Yasmin Yasser Yemi Yoko Youssef Yuki Yuri
Yusuf Zachary Zainab Zeynep Zinedine Zoltán Zoran Zuri Álvaro Ángel Åsa Étienne Óscar Łukasz
"""

PLACES = """
Abuja Accra Afghanistan Africa Alabama Alaska Albania Aleppo Algeria Algiers Almaty Amman Amsterdam
Anatolia Andes Angola Ankara Argentina Arizona Arkansas Armenia Asia Athens Atlanta Australia
Austria Azerbaijan Baghdad Bahrain Baku Bali Bamako Bangalore Bangkok Bangladesh Barbados
Barcelona Beijing Beirut Belarus Belgium Belgrade Bengal Benin Berlin Bhutan Bogota Bolivia Borneo
Bosnia Boston Botswana Brazil Britain Brooklyn Brunei Brussels Bucharest Budapest Bulgaria Burundi
Busan Cairo California Cambodia Cameroon Canada Cancun Caracas Caribbean Casablanca Catalonia
Chengdu Chennai Chicago Chile China Chongqing Colombia Colorado Congo Connecticut Copenhagen Crimea
Croatia Cuba Cusco Cyprus Dakar Dallas Damascus Delhi Denmark Denver Detroit Dhaka Djibouti
Doha Dubai Dublin Durban Ecuador Edinburgh Egypt England Eritrea Estonia Eswatini Ethiopia Europe
Everest Fiji Finland Florida France Fukuoka Gabon Gambia Ganges Gaza Germany Ghana Glasgow Goa
Greece Guadalajara Guangdong Guangzhou Guatemala Gujarat Guyana Gwangju Haiti Harare Havana Hawaii
Himalaya Himalayas Hiroshima Hokkaido Hollywood Honduras Houston Hungary Hyderabad Iceland Idaho
Illinois India Indiana Indonesia Iowa Iran Iraq Ireland Isfahan Israel Istanbul Italy Jaipur
Jakarta Jamaica Japan Jerusalem Johannesburg Kabul Kampala Kansas Karachi Karnataka Kashmir
Kathmandu Kazakhstan Kazan Kentucky Kenya Kerala Khartoum Kigali Kilimanjaro Kinshasa Kolkata
Kosovo Kurdistan Kuwait Kyiv Kyoto Kyrgyzstan Lagos Lahore Laos Latvia Lebanon Lesotho Levant Lhasa
Liberia Libya Lima Lisbon Lithuania Liverpool London Louisiana Luanda Lusaka Luxembourg Luxor Macau
Macedonia Madagascar Madrid Maharashtra Malawi Malaysia Maldives Mali Malta Manchester Manchuria
Manhattan Manila Maputo Marrakech Marrakesh Maryland Massachusetts Mauritania Mauritius Mecca
Medina Mekong Melbourne Mesopotamia Mexico Miami Michigan Minnesota Minsk Mississippi Missouri
Mogadishu Moldova Mombasa Mongolia Montana Montenegro Montevideo Montreal Morocco Moscow Mosul
Mozambique Mumbai Munich Myanmar NSW Nagasaki Nairobi Namibia Nanjing Nazareth Nebraska Nepal
Netherlands Nevada Nicaragua Niger Nigeria Nile Norway Novosibirsk Oaxaca Odesa Ohio Okinawa
Oklahoma Oman Ontario Oregon Osaka Pakistan Palestine Panama Paraguay Paris Patagonia Pennsylvania
Persia Peru Philippines Podgorica Poland Polynesia Portugal Prague Pune Punjab Pyongyang Qatar
Quebec Queensland Quito Rabat Rajasthan Rawalpindi Riga Riyadh Romania Rome Russia Rwanda Sahara
Saigon Samarkand Samoa Sarajevo Scandinavia Scotland Seattle Senegal Seoul Serbia Shandong Shanghai
Shenzhen Siberia Sichuan Sindh Singapore Skopje Slovakia Slovenia Somalia Soweto Spain
Stockholm Sudan Sumatra Suriname Sweden Switzerland Sydney Syria Taipei Taiwan Tajikistan Tallinn
Tanzania Tashkent Tasmania Tbilisi Tehran Tennessee Texas Thailand Tianjin Tibet Togo Tokyo Tonga
Toronto Transylvania Tripoli Tunis Tunisia Turkmenistan Uganda Ukraine Ulaanbaatar Uruguay Utah
Uttarakhand Uzbekistan Vancouver Varanasi Venezuela Venice Vermont Vienna Vietnam Vilnius
Vladivostok Volga Wales Warsaw Wisconsin Wuhan Wyoming Xinjiang Yangon Yangtze Yemen Yerevan
Yucatan Yunnan Zagreb Zambia Zanzibar Zimbabwe Zurich
"""

PEOPLES = """
Abbasid Abbasids Aboriginals Aborigines Afghans Africans Aghori Ahmadiyya Alevi Alevis Allah
Americans Amish Analects Anglican Anglicans Apaches Apartheid Arabs Armenians Ashanti Ashkenazi
Ashoka Ashura Asians Assyrians Australians Aztec Aztecs Baha'i Baha'is Bahá'í Bahá'ís Baisakhi
Bangladeshis Baptists Bashkirs Basques Bedouin Bedouins Bengalis Berber Berbers Bhagavad Bible
Biblical Bodhisattva Bolshevik Brahmin Brahmins Brazilians Brexit Britons Buddha Buddhism Buddhist
Buddhists Bushido Caliphate Calvinism Canadians Candomblé Catalans Catholic Catholics Chanukah
Chechens Cherokee Cheyenne Chicana Chicano Chicanos Chileans Christianity Christians Christmas
Chuseok Circassians Comanche Communists Confederacy Confederate Confucian Confucianism Confucius
Coptic Copts Cossacks Cubans Dalai Dalit Dalits Dashain Diwali Druze Durga Dussehra Easter Egyptians
Eid Enkutatash Ethiopians Europeans Evangelicals Filipinas Filipinos GDPR Galungan Ganesh Ganesha
Garifuna Germans Ghanaians Goryeo Greeks Gujaratis Gullah HIPAA Hadith Hadiths Haitians Hajj
Halloween Hanami Hannukah Hanukkah Haredi Hasidic Hasidim Hijri Hinamatsuri Hindu Hinduism Hindus
Hogmanay Holi Holocaust Hopi Hutterites Hutu Hutus Inca Incas Indians Indonesians Inuit Iranians
Iraqis Irishmen Iroquois Islam Islamic Ismailis Israelis Italians Jain Jainism Jains Jamaicans
Janmashtami Jesus Jewish Jews Joseon Judaism Juneteenth Kaaba Kabbalah Kazakhs Kenyans Koran Koreans
Kremlin Krishna Kurds Kwanzaa Lakota Latinas Latinos Latinx Lohri Losar Lutheran Lutherans Maasai
Maharaja Mahayana Malays Manchus Maori Maoris Mapuche Maronite Maronites Maslenitsa Maurya Mauryan
Matariki Mawlid Mayan Mayans Meiji Mennonite Mennonites Meskel Methodist Methodists Mexicans
Midsommar Moharram Mongols Mormon Mormons Mughal Mughals Muharram Muslim Muslims Māori Māoris Naadam
Nauryz Navajo Navratri Navroz Nazi Nazis Nazism Nepalis Nigerians Nikah Norouz Novruz Nowrooz Nowruz
Nyepi Obamacare Obon Ojibwe Oktoberfest Olmec Olmecs Onam Ottomans Pakistanis Palestinians Pashtuns
Passover Pentecost Pentecostals Persians Peruvians Pesach Pongal Presbyterian Presbyterians
Protestant Protestants Punjabis Puranas Purim Puritans Qajar Qingming Quakers Qur'an Quran Ramadan
Ramadhan Ramzan Rastafari Rastafarian Rastafarians Renaissance Rohingya Rohingyas Romani Romans
Russians Sabbath Safavid Safavids Samhain Samurai Sankranti Santeria Santería Scots Seollal
Sephardic Serbs Setsubun Shabbat Shaolin Shariah Shavuot Shia Shias Shiism Shiite Shiites Shinto
Shintoism Shintoist Shiva Sikh Sikhism Sikhs Sindhis Sinhalese Sinterklaas Sioux Somalis Songkran
Spaniards Sufi Sufis Sufism Sukkot Sunnah Sunni Sunnis Sunnism Swedes Syrians Sámi Taiwanese Talmud
Tamils Tanabata Taoism Taoist Taoists Tatars Tengrism Tenrikyo Thaipusam Thais Thanksgiving
Theravada Tiananmen Tibetans Tigrayans Timkat Tokugawa Toltec Toltecs Torah Tuaregs Turkmens Turks
Tutsi Tutsis Tết Ugadi Uighurs Ukrainians Umayyad Umayyads Umrah Upanishads Uyghur Uyghurs Uzbeks
Vaisakhi Vatican Vedanta Vedas Vedic Vesak Vikings Vishnu Vodou Wesak Wiccan Yazidi Yazidis Zionism
Zionist Zionists Zoroastrian Zoroastrianism Zoroastrians Zulus
"""

ORGANISATIONS = """
AMD AWS Adidas Airbnb Airbus Alexa Alibaba Amazon Android Angular Ansible Arduino Azure BBC BMW
Bitcoin Boeing CIA CNN Canva ChatGPT Cisco Cloudflare Copilot Costco Databricks Debian Deloitte
Discord Disney Django Docker Dropbox Drupal Elasticsearch Elementor Ethereum Etsy Expedia FBI FIFA
Facebook Figma Firebase Firefox Fortnite GitHub GitLab Gmail Goldman Google HBO Harvard Heineken
Heroku Honda Huawei HubSpot IBM IKEA Instagram JPMorgan Jenkins Jira Joomla Kafka Kubernetes LEGO
Laravel Lego LinkedIn Linux Lufthansa MacBook Magento Mailchimp McDonald McKinsey Mercedes
Microsoft Midjourney Minecraft Moderna MongoDB Moodle MySQL NASA NATO NBA NFL NVIDIA Nestle Netflix
Nike Nintendo NodeJS Nodejs NumPy Nvidia OneDrive OpenAI Pandas PayPal Pepsi Pepsico Pfizer
Photoshop Pinterest Pixar PlayStation PostgreSQL PowerPoint Princeton PyTorch Quora Reddit Redis
Roblox Salesforce Samsung SharePoint Shopify Siri Skype Snapchat Sony SpaceX Spotify Squarespace
Stanford Starbucks Tableau Tailwind TensorFlow Terraform Tesla TikTok Toyota Trello Tripadvisor
Trustpilot Twitter UEFA UNESCO UNICEF Uber Ubuntu Unilever Unity3D Vercel Volkswagen Vue Walmart
WhatsApp Wikipedia Wix WooCommerce WordPress Xbox Xiaomi Yahoo Yale YouTube Zapier eBay iOS iPad
iPhone jQuery macOS
"""

DISHES = """
ajvar alfajores anticuchos arancini asado bacalhau balut beshbarmak bibingka bigos boba bobotie
boreks brigadeiro brigadeiros burek börek callaloo cannoli cassoulet cevapi chebakia chilaquiles
currywurst doner doogh döner escargot escargots fattoush fesenjan gazpacho gravlax haleem halloumi
halwa horchata jalebi jamón kabsa kaiseki kenkey khichdi kitfo knafeh knedliky kofta koshari kunafa
köfte laddu ladoo lamingtons langos larb lumpia makgeolli mamaliga mansaf maqluba matcha matoke
mochi mohinga molokhia momos moqueca naengmyeon natto nihari okroshka ossobuco pancit pavlova pho
phở pilaf pisco poha polenta quiche rakfisk rasgulla sachertorte samgyeopsal shashlik simit sinigang
smorrebrod smørrebrød soba soju solyanka spätzle stroopwafel surstromming surströmming suya syrniki
tahdig takoyaki tangyuan tapas tempeh thieboudienne tonkatsu tteok upma vegemite waakye yakitori
zongzi ćevapi
"""

DRESS = """
agbada barong boubou bunad chullo dupatta fustanella guayabera gákti hakama haori jellabiya jeogori
kandura kebaya kitenge kokoshnik kosovorotka longyi lungi mantilla pollera rebozo sarafan shalwar
tagelmust tallit thobe vyshyvanka
"""

ETHNIC = """
Adivasi Ainu Akan Amazigh Amhara Arapaho Asante Aymara Balinese Baloch Bantu Bhil Bugis Buryat Chewa
Choctaw Chuvash Dayak Dinka Dogon Evenki Fula Fulani Gikuyu Guarani Guaraní Hakka Hausa Hawaiian
Hazara Herero Himba Hmong Igbo Ilocano Inupiat Jivaro Kalenjin Karelian Kazakh Khoisan Kikuyu Kongo
Luhya Mandinka Mapuche Meitei Miao Minangkabau Mohawk Mossi Nahua Ndebele Nenets Nuer Oromo Otomi
Pashtun Purépecha Quechua Rajput Sámi Samburu Samoan Santhal Seminole Serer Shona Shoshone Sotho
Sundanese Swazi Tagalog Tajik Tarahumara Tibetan Tigrinya Tongan Tswana Tuareg Turkana Tuvan Uzbek
Visayan Wolof Xhosa Yakut Yanomami Yoruba Zapotec Zulu
"""

DANCES = """
bachata bharatanatyam bhangra butoh candombe capoeira ceilidh cumbia dabke fado fandango flamenco
gamelan garba haka hopak huayno joropo kabuki kathak kathakali kecak kizomba kuchipudi kuduro
lambada legong lezginka maracatu mariachi marinera odissi reggaeton samba schuhplattler sirtaki soca
tango tarantella wayang zouk
"""
