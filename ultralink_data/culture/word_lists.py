"""Words of the seven criteria, of many regions and religions; `keywords` makes patterns of them.

A word is listed where it hardly means anything else in English: "Turkey", "Georgia", "Jordan",
"Java", "Lent", "Holly" are not. Names are matched with their case; each list is one word a blank.
"""

GIVEN_NAMES = """
Aarav Aaron Abigail Abraham Adam Ahmed Aisha Akira Alan Albert Alejandro Aleksandr Alexander Alexei
Alfred Ali Alice Alistair Aliyu Amanda Amina Amit Amitabh Amy Ana Anand Anastasia Anatoly Andrea
Andrei Andrew Andy Angela Anil Anjali Ankit Anna Anne Annie Anthony Antonio Arjun Arthur Aryan Asif
Ayesha Ayumi Babatunde Barack Barbara Bashir Benazir Benjamin Bernard Bernie Bilal Bob Boris
Brandon Brian Bruce Carl Carlos Carol Caroline Catherine Charles Charlotte Chidi Chimamanda Chinua
Chris Christina Christopher Claire Clark Claude Daniel David Deborah Deepak Deepika Dennis Desmond
Diego Dilip Dmitri Dmitry Donald Donna Dorothy Douglas Edgar Edward Ekaterina Eleanor Elizabeth
Elon Emeka Emily Emine Emma Emre Eric Erich Ernest Ethan Eugene Evelyn Farhan Fatima Fernando Fidel
Fiona Francis Frederick Friedrich Fyodor Gabriela Gamal Gary Gaurav George Gerald Giovanni Giuseppe
Greg Gregory Guadalupe Gustavo Hamza Hannah Hans Harold Harry Haruki Hayao Heather Heinrich Helen
Henry Hideo Hiroshi Howard Hussein Ian Ibrahim Igor Imran Indira Irina Isaac Isabella Ishika Ismail
Ivan Ivana Jacob Jacqueline Jamal James Jane Janet Jason Javed Javier Jawaharlal Jean Jeff Jeffrey
Jennifer Jeremy Jerry Jessica Jim Joan Joe Johann John Johnny Jomo Jonathan Jorge Jose Joseph
Joshua Juan Judith Julia Julian Julie Justin Kamala Kareem Karen Karim Karl Kate Katherine Kathleen
Kavita Keith Kelly Kenji Kenneth Kevin Khadija Khaled Kim Kimberly Kiran Kofi Krzysztof Kwame Kyle
Lakshmi Larry Laura Lauren Lawrence Leila Leonard Leonardo Lev Linda Lionel Lisa Louis Louise Luca
Lucas Lucy Ludwig Luis Luke Lula Madison Mahatma Mahmoud Mahmud Malala Manish Manmohan Mansoor
Manuel Marco Marcus Margaret Maria Mariam Marie Marilyn Mario Martha Martin Mary Matteo Matthew
Megan Mehmet Melissa Michael Michelle Miguel Mike Mikhail Miyamoto Mohamed Mohammed Mohan Muhammad
Mustafa Nadia Naguib Nancy Naomi Napoleon Narendra Natalia Natalie Nathan Neha Nelson Ngozi Nguyen
Nicholas Nicole Nikhil Nikita Nikola Nikolai Nkechi Olga Oliver Olivia Oluwaseun Omar Oscar Pablo
Pamela Patricia Patrick Paul Pavel Pedro Peter Pham Philip Phillip Pooja Prakash Pranab Priya
Priyanka Rachel Rahul Raj Rajesh Rajiv Rakesh Ralph Ramesh Rashid Ravi Raymond Rebecca Recep
Richard Robert Roberto Roger Rohit Ronald Roy Russell Ryan Sachin Saddam Sakura Salman Salvador
Samantha Samir Samuel Sandra Sanjay Sarah Scott Sean Sergei Sergio Sharon Shinzo Shivani Shreya
Siddharth Sigmund Simon Sofia Sophia Sophie Stephanie Stephen Steve Steven Subhas Sunil Suresh
Susan Svetlana Takeshi Tariq Tatiana Taylor Teresa Thabo Theodore Theresa Thich Thomas Tim Timothy
Tom Tony Tran Usman Venkatesh Vijay Vikram Vincent Virat Vladimir Walter Wangari Warren Wayne
William Winston Wolfgang Xavier Yasir Yasmin Yasser Yoko Yuki Yuri Yusuf Zachary Zainab Zeynep
Zinedine
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
Aboriginals Aborigines Africans Allah Americans Amish Anglican Anglicans Apartheid Arabs
Armenians Ashanti Ashkenazi Ashura Asians Australians Aztec Aztecs Baptists Bengalis Berber Berbers
Bhagavad Bible Biblical Bodhisattva Bolshevik Brahmin Brahmins Brazilians Brexit Britons Buddha
Buddhism Buddhist Buddhists Bushido Caliphate Calvinism Canadians Catholic Catholics Chanukah
Cherokee Chileans Christianity Christians Christmas Chuseok Communists Confederacy Confederate
Confucian Confucianism Confucius Cubans Dalai Dalit Dalits Dashain Diwali Durga Dussehra Easter
Egyptians Eid Ethiopians Europeans Evangelicals Filipinos GDPR Ganesh Ganesha Germans Ghanaians
Greeks HIPAA Hajj Halloween Hanami Hannukah Hanukkah Hijri Hindu Hinduism Hindus Holi
Holocaust Hutus Inca Incas Indians Indonesians Inuit Iranians Iraqis Irishmen Islam Islamic
Israelis Italians Jain Jainism Jains Jamaicans Janmashtami Jesus Jewish Jews Judaism Juneteenth
Kaaba Kabbalah Kenyans Koran Koreans Kremlin Krishna Kurds Kwanzaa Lakota Latinas Latinos Lohri
Losar Lutheran Lutherans Maasai Maharaja Mahayana Malays Maori Maoris Mapuche Maslenitsa Mawlid
Mayan Mayans Meiji Mennonite Mennonites Methodist Methodists Mexicans Mongols Mormon Mughal Mughals
Muharram Muslim Muslims Navajo Navratri Nazi Nazis Nazism Nepalis Nigerians Norouz Nowruz Obamacare
Obon Oktoberfest Onam Ottomans Pakistanis Palestinians Passover Pentecost Persians
Peruvians Pongal Presbyterian Presbyterians Protestant Protestants Punjabis Puranas Purim Puritans
Qingming Quakers Quran Ramadan Rastafari Rastafarian Rastafarians Renaissance Romani Romans
Russians Sabbath Samhain Samurai Santería Scots Seollal Sephardic Serbs Shabbat Shia Shias Shiism
Shiite Shiites Shinto Shintoism Shiva Sikh Sikhism Sikhs Sinhalese Sinterklaas Sioux Somalis
Songkran Spaniards Sufi Sufis Sufism Sukkot Sunni Sunnis Swedes Syrians Talmud Tamils Tanabata
Taoism Taoist Taoists Thais Thanksgiving Theravada Tiananmen Tibetans Timkat Torah Turks Tutsis
Uighurs Ukrainians Umrah Upanishads Uyghur Uyghurs Vaisakhi Vatican Vedas Vedic Vesak Vikings
Vishnu Vodou Wesak Wiccan Zionism Zionist Zionists Zoroastrian Zoroastrianism
Zoroastrians Zulus
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
